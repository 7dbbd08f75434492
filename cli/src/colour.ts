import { styleText } from 'node:util'

/** The meaning of a word: all is well, somebody should look, something was stopped, or it heads a column. */
export type Tone = 'good' | 'waiting' | 'bad' | 'heading'

export type Paint = (tone: Tone, text: string) => string

const STYLES = { good: 'green', waiting: 'yellow', bad: 'red', heading: 'bold' } as const

const WORDS: ReadonlyMap<string, Tone> = new Map([
  ...['allow', 'ok', 'approved', 'used', 'accepted', 'done'].map((word) => [word, 'good'] as const),
  ...['hold', 'pending', 'degraded', 'changed', 'added', 'require_approval'].map(
    (word) => [word, 'waiting'] as const,
  ),
  ...['deny', 'down', 'denied', 'unread', 'removed', 'block', 'rejected'].map(
    (word) => [word, 'bad'] as const,
  ),
])

/** Colours on a terminal that has them and whose owner did not set NO_COLOR; none in a pipe or a file. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  if (stream.isTTY !== true || !stream.hasColors()) return (_, text) => text
  return (tone, text) => styleText(STYLES[tone], text, { validateStream: false })
}

/** Colours a cell that is nothing but a word with a meaning; blanks around it stay. */
export function paintWord(paint: Paint, cell: string): string {
  const tone = WORDS.get(cell.trim().toLowerCase())
  return tone === undefined ? cell : paint(tone, cell)
}
