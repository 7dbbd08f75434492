const SHORT_ESCAPES = new Set([0x08, 0x09, 0x0a, 0x0c, 0x0d, 0x22, 0x5c])

/** The bytes of a well-formed string as JSON.stringify writes it in UTF-8, quotes included. */
export function jsonStringBytes(text: string): number {
  let bytes = 2
  for (let at = 0; at < text.length; at++) bytes += unitBytes(text.charCodeAt(at))
  return bytes
}

function unitBytes(unit: number): number {
  if (SHORT_ESCAPES.has(unit)) return 2
  if (unit < 0x20) return 6
  if (unit < 0x80) return 1
  if (unit < 0x800) return 2
  return unit >= 0xd800 && unit <= 0xdfff ? 2 : 3
}
