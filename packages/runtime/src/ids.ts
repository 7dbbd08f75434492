import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

const ID_BYTES = 16
/** Random bytes for many ids at once: asking the system for sixteen at a time costs more than the rest of an id. */
const pool = new Uint8Array(ID_BYTES * 256)
let next = pool.length
let msecs = Number.NEGATIVE_INFINITY
let seq = 0

/**
 * A new identifier: UUIDv7 with a counter (RFC 9562 sections 5.7 and 6.2, method 1), so ids of one process sort in
 * the order they were made.
 */
export function newId(): string {
  const random = randomBytes()
  const now = Date.now()
  if (now > msecs) {
    msecs = now
    // 31 random bits: room for two thousand million more ids in this millisecond.
    seq = new DataView(random.buffer, random.byteOffset).getUint32(6) >>> 1
  } else {
    seq += 1
  }
  return v7({ random, msecs, seq })
}

function randomBytes(): Uint8Array {
  if (next === pool.length) {
    randomFillSync(pool)
    next = 0
  }
  next += ID_BYTES
  return pool.subarray(next - ID_BYTES, next)
}
