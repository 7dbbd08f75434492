import type { EncodedEvent } from '@sallyport/events'

/** Records in the form that crosses threads cheapest: flat arrays, and all values in one buffer that is moved. */
export interface PackedRecords {
  readonly keys: string[]
  /** Each as JSON, the form in which they are stored. */
  readonly headers: string[]
  readonly lengths: number[]
  readonly values: ArrayBuffer
}

/** The only copy of the values: the caller keeps its own buffers. */
export function packRecords(records: readonly EncodedEvent[]): PackedRecords {
  return {
    keys: records.map((record) => record.key),
    headers: records.map((record) => JSON.stringify(record.headers)),
    lengths: records.map((record) => record.value.byteLength),
    values: concatenate(records.map((record) => record.value)),
  }
}

/** The records again, their values being views of the one buffer. */
export function unpackRecords(packed: PackedRecords): EncodedEvent[] {
  let start = 0
  return packed.keys.map((key, index) => {
    const length = packed.lengths[index] ?? 0
    const value = new Uint8Array(packed.values, start, length)
    start += length
    return { key, headers: JSON.parse(packed.headers[index] ?? '{}'), value }
  })
}

export function concatenate(chunks: readonly Uint8Array[]): ArrayBuffer {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0))
  let start = 0
  for (const chunk of chunks) {
    whole.set(chunk, start)
    start += chunk.byteLength
  }
  return whole.buffer
}
