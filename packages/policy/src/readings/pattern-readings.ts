import { RESOURCES } from '../offered-action.ts'
import { percentDecode, percentEncode } from '../percent-encode.ts'
import { fullyDecoded } from './decoded-text.ts'
import { readAddress } from './read-address.ts'

const HEAD = /^mcp\.resources\.(?:(?:read|subscribe|unsubscribe|complete)\.)?/
/** Stands for what the first `*` stands for. No parser changes it, and no segment is `.` or `..` with it. */
const CHOSEN = 'qzq'

/**
 * The same pattern over addresses as they are read. A person writes one as it is listed, such as `file:///a%20b/*`, and
 * it has to cover the name of every reading of what it covers. Empty for a pattern that says the same in each.
 */
export function readPattern(source: string): readonly string[] {
  const [head = '', ...rest] = source.split('*')
  const heads = readHeads(head, rest.length === 0)
  if (heads === undefined) return []
  const parts = [rest.map(decodedPart), rest.map(flatPart)]
  const found = heads.map((one, at) => [one, ...(parts[at] ?? [])].join('*'))
  return [...new Set(found)].filter((one) => one !== source)
}

/** Decoded, and plain; undefined where the pattern can match no resource. */
function readHeads(head: string, exact: boolean): readonly [string, string] | undefined {
  const family = HEAD.exec(head)?.[0]
  if (family === undefined) return !exact && RESOURCES.startsWith(head) ? [head, head] : undefined
  const begun = percentDecode(head.slice(family.length))
  if (begun === '') return [head, head]
  const { decoded, plain } = readAddress(exact ? begun : begun + CHOSEN)
  const named = (text: string) => {
    if (exact) return family + percentEncode(text)
    const end = text.lastIndexOf(CHOSEN)
    return end < 0 ? head : family + percentEncode(text.slice(0, end))
  }
  return [named(decoded), named(plain)]
}

function decodedPart(part: string): string {
  return part.includes('%') ? percentEncode(fullyDecoded(percentDecode(part)).text) : part
}

function flatPart(part: string): string {
  if (!part.includes('%')) return part
  const text = fullyDecoded(percentDecode(part)).text.replaceAll('\\', '/')
  return percentEncode(text.replace(/\/{2,}/g, '/'))
}
