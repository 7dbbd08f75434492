import { parseExactly } from '@sallyport/jsonrpc'

/** The value of a JSON text that a record has, with the numbers as they stand in it; the text itself if it is no JSON. */
export function shownJson(json: string | null | undefined): unknown {
  if (!json) return null
  try {
    return parseExactly(json)
  } catch {
    return json
  }
}
