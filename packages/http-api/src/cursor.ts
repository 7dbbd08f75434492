import { CursorInvalid } from './errors.ts'

/** A place in a list as an opaque text: base64url of JSON. */
export function encodeCursor(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** Reads a cursor back; `isPlace` tells whether it is one of this list. Throws `CursorInvalid`. */
export function decodeCursor<T>(cursor: string, isPlace: (place: unknown) => place is T): T {
  const place = parse(cursor)
  if (!isPlace(place)) throw new CursorInvalid()
  return place
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch (cause) {
    throw new CursorInvalid({ cause })
  }
}
