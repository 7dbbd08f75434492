import { TargetRefused } from '../errors.ts'
import { encodeOthers, hasBrokenEncoding, normalEncoding } from './percent-encoding.ts'

/** RFC 3986, section 3.4. A single quote is left as it is, as browsers and servers take it both ways. */
const QUERY_CHARACTER = /[A-Za-z0-9\-._~!$&'()*+,;=:@/?%]/

/** The one text of a query that is judged and forwarded; null without a query. Throws TargetRefused. */
export function canonicalQuery(raw: string | null): string | null {
  if (raw === null) return null
  if (raw.includes('#')) throw new TargetRefused('a fragment')
  if (hasBrokenEncoding(raw)) throw new TargetRefused('a percent sign without two hexadecimal digits')
  return normalEncoding(encodeOthers(raw, QUERY_CHARACTER))
}

export type QueryArguments = Readonly<Record<string, string | readonly string[]>>

/** A query as a person reads it: decoded like a form. A name that stands more than once has a list. */
export function queryArguments(query: string | null): QueryArguments {
  const found = new Map<string, string[]>()
  for (const pair of query?.split('&') ?? []) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = decoded(equals < 0 ? pair : pair.slice(0, equals))
    const value = equals < 0 ? '' : decoded(pair.slice(equals + 1))
    const values = found.get(name)
    if (values === undefined) found.set(name, [value])
    else values.push(value)
  }
  const entries = [...found].map(([name, values]) => [name, values.length === 1 ? values[0] : values])
  // `fromEntries` defines: a name such as __proto__ is one like any other.
  return Object.fromEntries(entries) as QueryArguments
}

/** The text itself when its bytes are not UTF-8. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
