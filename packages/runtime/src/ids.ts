import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

const ID_BYTES = 16
/** Random bytes for many ids at once: asking the system for sixteen at a time costs more than the rest of an id. */
const pool = new Uint8Array(ID_BYTES * 256)
let next = pool.length

/** A new identifier: UUIDv7 (RFC 9562 section 5.7), so ids sort by the time they were made. */
export function newId(): string {
  return v7({ rng: randomBytes })
}

function randomBytes(): Uint8Array {
  if (next === pool.length) {
    randomFillSync(pool)
    next = 0
  }
  next += ID_BYTES
  return pool.subarray(next - ID_BYTES, next)
}
