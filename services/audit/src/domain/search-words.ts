/** How much of one event's text is searchable, in characters. */
export const SEARCHABLE = 16_384

/** The columns whose words can be searched, besides those of reasons, findings and arguments. Ids and digests are filters, not words. */
export const SEARCHED = [
  'action',
  'tool',
  'gateway',
  'upstream',
  'connector',
  'method',
  'verdict',
  'rule',
  'outcome',
  'fault',
  'risk',
  'answered_by',
  'actor',
  'vote',
  'reason',
  'client_name',
  'meta',
  'error_code',
] as const

/** What ClickHouse's tokenizer `splitByNonAlpha` takes for a separator: every ASCII character but letters and digits. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they separate words too
const SEPARATORS = /[\u0000-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007f]+/

/** The lower-case words of a text, as the index of `search_text` cuts them. */
export function wordsIn(text: string): string[] {
  return text.toLowerCase().split(SEPARATORS).filter(Boolean)
}

/** The words of a text, each once, within a bound. */
export function wordsOf(text: string): string[] {
  return [...new Set(wordsIn(text.slice(0, SEARCHABLE)))]
}

/** The words' text of a JSON value: an escape is a separator, as what JSON escapes is one. */
export function searchedJson(value: unknown): string {
  return searchedText(jsonOf(value))
}

/** The same of its text. */
export function searchedText(json: string): string {
  return json.replaceAll(/\\(?:u[0-9a-fA-F]{4}|.)/g, ' ')
}

/** A value that is too deep to be written again has no words; none of our own events is. */
function jsonOf(value: unknown): string {
  try {
    return value === null || value === undefined ? '' : JSON.stringify(value)
  } catch {
    return ''
  }
}
