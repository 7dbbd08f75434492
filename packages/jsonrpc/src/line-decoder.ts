export interface LineDecoder {
  /**
   * The lines that these bytes complete, in order and without their ends; empty ones are left out. `null` stands for
   * a line that was too long, of which nothing is kept.
   */
  push(bytes: Uint8Array): (Uint8Array | null)[]
}

const LF = 0x0a
const CR = 0x0d

/** Parts what an MCP peer writes to its standard output into lines (MCP, Transports, stdio), cut anywhere. */
export function lineDecoder({ maxBytes }: { readonly maxBytes: number }): LineDecoder {
  let parts: Uint8Array[] = []
  let held = 0
  let skipping = false

  const hold = (bytes: Uint8Array): void => {
    held += bytes.length
    if (skipping || held > maxBytes) {
      skipping = true
      parts = []
    } else if (bytes.length > 0) {
      parts.push(bytes)
    }
  }
  const finish = (): Uint8Array | null => {
    const line = skipping ? null : withoutCr(joined(parts, held))
    parts = []
    held = 0
    skipping = false
    return line
  }

  return {
    push(bytes) {
      const lines: (Uint8Array | null)[] = []
      let at = 0
      for (let end = bytes.indexOf(LF, at); end >= 0; end = bytes.indexOf(LF, at)) {
        hold(bytes.subarray(at, end))
        const line = finish()
        if (line === null || line.length > 0) lines.push(line)
        at = end + 1
      }
      hold(bytes.subarray(at))
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
