/** A JSON Pointer (RFC 6901) to where the keys and indexes lead, one after the other. */
export function pointerOf(path: readonly (string | number)[]): string {
  return path.map((key) => `/${escapePointerKey(String(key))}`).join('')
}

/** A key as it stands in a JSON Pointer. */
export function escapePointerKey(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The keys of a JSON Pointer; undefined where the text is none. */
export function pointerKeys(pointer: string): string[] | undefined {
  if (pointer === '') return []
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined
  const [, ...segments] = pointer.split('/')
  return segments.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
}
