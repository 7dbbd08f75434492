import { emitKeypressEvents } from 'node:readline'

/** A key, by the name that Node gives it, or the text that was typed. */
export interface Key {
  readonly name: string
  readonly text: string
  readonly ctrl: boolean
}

/** A terminal that is taken over while something is watched on it. */
export interface Terminal {
  size(): { readonly columns: number; readonly rows: number }
  /** Shows exactly these lines. They are printable and fit. */
  show(lines: readonly string[]): void
  /** Takes it over. What is returned gives it back as it was. */
  begin(on: { readonly key: (key: Key) => void; readonly resize: () => void }): () => void
}

type Input = Pick<NodeJS.ReadStream, 'on' | 'off' | 'resume' | 'pause'> & {
  readonly isTTY?: boolean
  setRawMode?(mode: boolean): unknown
}
type Output = Pick<NodeJS.WriteStream, 'write' | 'on' | 'off'> & {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

const ESC = '\u001b'
/** The other screen, without a cursor; what was there before comes back at the end. */
const ENTER = `${ESC}[?1049h${ESC}[?25l`
const LEAVE = `${ESC}[?25h${ESC}[?1049l`
const HOME = `${ESC}[H`
const CLEAR_LINE = `${ESC}[K`
const CLEAR_BELOW = `${ESC}[J`

/** Undefined where either side is no terminal. */
export function terminalOf(input: Input, output: Output): Terminal | undefined {
  if (!input.isTTY || !output.isTTY || !input.setRawMode) return undefined
  return {
    size: () => ({ columns: output.columns || 80, rows: output.rows || 24 }),
    show(lines) {
      output.write(`${HOME}${lines.map((line) => line + CLEAR_LINE).join('\r\n')}${CLEAR_BELOW}`)
    },
    begin({ key, resize }) {
      const onKey = (text: string | undefined, told: { name?: string; ctrl?: boolean }) =>
        key({ name: told.name ?? '', text: text ?? '', ctrl: told.ctrl ?? false })
      const end = () => {
        process.off('exit', end)
        input.off('keypress', onKey)
        output.off('resize', resize)
        input.setRawMode?.(false)
        input.pause()
        output.write(LEAVE)
      }
      emitKeypressEvents(input as NodeJS.ReadStream)
      input.on('keypress', onKey)
      output.on('resize', resize)
      input.setRawMode?.(true)
      input.resume()
      output.write(ENTER)
      // However the process ends, the terminal is usable afterwards.
      process.once('exit', end)
      return end
    },
  }
}
