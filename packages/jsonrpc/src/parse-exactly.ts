import { NumberLexeme } from '@sallyport/runtime'
import type { ExactJson } from './exact-value.ts'

/** Every text with a number that JavaScript would write differently has one of these, and few others have. */
const MAY_DIFFER = /[-.\d]{16}|\d[eE]|-0|\.\d*0(?!\d)|0\.0{6}/

/**
 * Reads JSON of anybody's, with the numbers as they stand in it. Throws as JSON.parse does. For texts that are shown:
 * where it finds such numbers it takes far longer than `exactValue`.
 */
export function parseExactly(json: string): ExactJson {
  return MAY_DIFFER.test(json) ? JSON.parse(json, exact as never) : JSON.parse(json)
}

/** `source` is the lexeme (ECMAScript, JSON.parse source text access). */
function exact(_key: string, value: ExactJson, { source }: { readonly source?: string }): ExactJson {
  return typeof value === 'number' && source !== undefined && String(value) !== source
    ? new NumberLexeme(source)
    : value
}
