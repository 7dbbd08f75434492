/** How much of a value is kept. Bytes are of the UTF-8 form of the JSON text; characters are UTF-16 units. */
export interface RedactionLimits {
  readonly stringCharacters: number
  readonly keyCharacters: number
  readonly entries: number
  readonly depth: number
  readonly bytes: number
  readonly findings: number
  /** Of one string no more is scanned, and nothing is kept that was not. */
  readonly scannedCharacters: number
  /** Of all strings together; after that each is scanned only as far as could be kept of it. */
  readonly scannedCharactersInAll: number
}

export const DEFAULT_LIMITS: RedactionLimits = {
  stringCharacters: 512,
  keyCharacters: 128,
  entries: 100,
  depth: 16,
  bytes: 16 * 1024 - 1,
  findings: 100,
  scannedCharacters: 64 * 1024,
  scannedCharactersInAll: 256 * 1024,
}

/** Nothing is cut. For values that were bounded before. */
export const WHOLE: RedactionLimits = {
  stringCharacters: Number.POSITIVE_INFINITY,
  keyCharacters: Number.POSITIVE_INFINITY,
  entries: Number.POSITIVE_INFINITY,
  depth: 512,
  bytes: Number.POSITIVE_INFINITY,
  findings: 100,
  scannedCharacters: Number.POSITIVE_INFINITY,
  scannedCharactersInAll: Number.POSITIVE_INFINITY,
}
