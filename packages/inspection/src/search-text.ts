import { NumberLexeme } from '@sallyport/runtime'
import type { JsonValue } from './json-value.ts'

export const MAX_SEARCH_BYTES = 4 * 1024
const MAX_DEPTH = 32
const WHITE_SPACE = /\s+/g

/**
 * The keys, strings and numbers of a redacted value as flat words for the full-text index: at most 4 KiB of UTF-8,
 * whole characters only. Give it what `redact` returned, never the original.
 */
export function searchText(value: JsonValue): string {
  const words: string[] = []
  collect(value, words, { left: MAX_SEARCH_BYTES }, 0)
  const buffer = Buffer.alloc(MAX_SEARCH_BYTES)
  // Buffer.write stops before a character that does not fit as a whole.
  return buffer.toString('utf8', 0, buffer.write(words.join(' ')))
}

function collect(value: JsonValue, words: string[], room: { left: number }, depth: number): void {
  if (room.left <= 0 || depth > MAX_DEPTH) return
  if (typeof value === 'string' || typeof value === 'number' || value instanceof NumberLexeme) {
    add(String(value), words, room)
  } else if (Array.isArray(value)) {
    for (const entry of value) collect(entry, words, room, depth + 1)
  } else if (value !== null && typeof value === 'object') {
    for (const [key, entry] of Object.entries(value)) {
      add(key, words, room)
      collect(entry, words, room, depth + 1)
    }
  }
}

function add(text: string, words: string[], room: { left: number }): void {
  const flat = text.slice(0, MAX_SEARCH_BYTES).replace(WHITE_SPACE, ' ').trim()
  if (flat === '' || room.left <= 0) return
  words.push(flat)
  room.left -= flat.length + 1
}
