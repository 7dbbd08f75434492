import type { Edit } from './operation.ts'

/** The line ending that the text uses. */
export function lineEnding(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n'
}

/** The blanks between `offset` and the beginning of its line; undefined if there is more than blanks. */
function indentation(text: string, offset: number): string | undefined {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset)
  return /^[ \t]*$/.test(line) ? line : undefined
}

/** Puts `written` before the thing at `offset`; on a separate line if that thing is on one. */
export function insertBefore(text: string, offset: number, written: string, separator: string): Edit {
  const indent = indentation(text, offset)
  const gap = indent === undefined ? ' ' : lineEnding(text) + indent
  return { offset, length: 0, content: written + separator + gap }
}

/** Puts items in front of an array that begins at `start` (its bracket) and laid out as its first item is. */
export function prependItems(
  text: string,
  start: number,
  first: number | undefined,
  items: readonly string[],
): Edit {
  if (first === undefined) return { offset: start + 1, length: 0, content: items.join(', ') }
  const indent = indentation(text, first)
  const gap = indent === undefined ? ' ' : lineEnding(text) + indent
  return { offset: first, length: 0, content: items.map((item) => `${item},${gap}`).join('') }
}

/** Line and column, both from 1. */
export function positionOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}
