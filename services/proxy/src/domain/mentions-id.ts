/** Ids stand at one of the ends of a message, whatever the order of its members. */
const LOOKED_AT = 4096
/** The ids that we give to requests are longer, and nobody else makes one. */
const SHORTEST_OWN = 16

/** The ends of a message, where it says what it is about. */
export function endsOf(message: Uint8Array | string): string {
  if (typeof message === 'string') return `${message.slice(0, LOOKED_AT)}\n${message.slice(-LOOKED_AT)}`
  const { buffer, byteOffset, byteLength } = message
  const bytes = Buffer.from(buffer, byteOffset, byteLength)
  return `${bytes.toString('latin1', 0, LOOKED_AT)}\n${bytes.toString('latin1', Math.max(0, byteLength - LOOKED_AT))}`
}

/** Whether a message that cannot be read is about the request with this id of ours; told from its ends. */
export function mentionsId(ends: string, id: string): boolean {
  // Behind the second dot stands the client's own id, which may be written in several ways.
  const own = id.split('.', 2).join('.')
  if (own.length >= SHORTEST_OWN) return ends.includes(own)
  const found = /"id"\s*:\s*(?:"([^"\\]{1,64})"|(-?\d{1,16}))/.exec(ends)
  return found !== null && (found[1] ?? found[2]) === id
}
