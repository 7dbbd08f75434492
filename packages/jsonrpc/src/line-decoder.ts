import { withoutMark } from './decode-json.ts'

export interface LineDecoder {
  /**
   * The lines that these bytes complete, in order and without their ends; empty ones are left out. `null` stands for
   * a line that is too long, as soon as it is, and nothing of it is kept.
   */
  push(bytes: Uint8Array): (Uint8Array | null)[]
}

const LF = 0x0a
const CR = 0x0d

/**
 * Parts what an MCP peer writes to its standard output into lines (MCP, Transports, stdio), cut anywhere. A byte order
 * mark at the beginning is left out: some runtimes write one, and it says nothing.
 */
export function lineDecoder({ maxBytes }: { readonly maxBytes: number }): LineDecoder {
  let parts: Uint8Array[] = []
  let held = 0
  let skipping = false
  let first = true

  /** Keeps a part of a line; false when the line has become too long with it. */
  const hold = (bytes: Uint8Array): boolean => {
    if (skipping || bytes.length === 0) return true
    held += bytes.length
    if (held <= maxBytes) {
      parts.push(bytes)
      return true
    }
    skipping = true
    parts = []
    return false
  }
  /** The line that ends here; undefined for an empty one, and for the rest of one that was too long. */
  const finish = (): Uint8Array | undefined => {
    const whole = skipping ? undefined : withoutCr(joined(parts, held))
    const line = whole !== undefined && first ? withoutMark(whole) : whole
    first = false
    parts = []
    held = 0
    skipping = false
    return line?.length === 0 ? undefined : line
  }

  return {
    push(bytes) {
      const lines: (Uint8Array | null)[] = []
      let at = 0
      for (let end = bytes.indexOf(LF, at); end >= 0; end = bytes.indexOf(LF, at)) {
        if (!hold(bytes.subarray(at, end))) lines.push(null)
        const line = finish()
        if (line !== undefined) lines.push(line)
        at = end + 1
      }
      if (!hold(bytes.subarray(at))) lines.push(null)
      return lines
    },
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [only, ...more] = parts
  if (only !== undefined && more.length === 0) return only
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function withoutCr(line: Uint8Array): Uint8Array {
  return line.at(-1) === CR ? line.subarray(0, -1) : line
}
