import { kindOfHeader } from '@sallyport/runtime'
import { isTable, type Value } from './operation.ts'

/** The credentials and header fields that an entry presents to its server, beyond those of every client. */
export type Presented =
  | {
      readonly kind: 'presents'
      /** The variable of a bearer token that is one variable and nothing else. */
      readonly variable: string | null
      /** Whether there is an Authorization. */
      readonly authorization: boolean
      /** The header fields that have to be passed on for that, in lower case and in order. */
      readonly headers: readonly string[]
    }
  | { readonly kind: 'unclear'; readonly why: string }

const REFERENCE = /^\$\{(?:env:)?([A-Za-z_]\w*)(?::-[^}]*)?\}$|^\$([A-Za-z_]\w*)$/
const TELLING = /key|token|secret|auth|pass|pwd|credential|sig/i

/** `tables` are the entry's tables of header fields; values may name variables. */
export function presentedBy(...tables: readonly (Value | undefined)[]): Presented {
  const given = tables.filter((table) => table !== undefined)
  if (!given.every(isTable)) return { kind: 'unclear', why: 'its headers are not a table' }
  const fields = given.flatMap((table) => Object.entries(table))
  const names = fields.map(([name]) => name.toLowerCase())
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) return { kind: 'unclear', why: `it has the header ${twice} twice` }
  const ours = names.find((name) => kindOfHeader(name) === 'ours' && name !== 'sallyport-gateway')
  if (ours !== undefined) return { kind: 'unclear', why: `it has the header ${ours}, which does not pass` }
  const value = fields.find(([name]) => name.toLowerCase() === 'authorization')?.[1]
  const bearer = typeof value === 'string' ? /^Bearer +(\S+)$/i.exec(value)?.[1] : undefined
  const reference = REFERENCE.exec(bearer ?? '')
  const own = names.filter((name) => kindOfHeader(name) === 'own')
  return {
    kind: 'presents',
    variable: reference?.[1] ?? reference?.[2] ?? null,
    authorization: value !== undefined,
    // A bearer token passes by itself. The value of a variable is looked at when it is sent.
    headers: own.filter((name) => name !== 'authorization' || bearer === undefined).sort(),
  }
}

/** Why an address must not be registered, because it would put a secret in the record; undefined if it may. */
export function unregistrable(address: string): string | undefined {
  if (/\$\{|\$[A-Za-z_]/.test(address)) return 'its address has a variable in it'
  if (!URL.canParse(address)) return 'its address is not one'
  const url = new URL(address)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'its address is not http or https'
  if (url.username !== '' || url.password !== '') return 'its address carries a credential'
  if (url.hash !== '') return 'its address has a fragment'
  const parameters = [...url.searchParams]
  const telling = parameters.some(([name, value]) => TELLING.test(name) || looksSecret(value))
  return telling || url.pathname.split('/').some(looksSecret)
    ? 'its address seems to carry a credential'
    : undefined
}

/** Long, and of letters and digits mixed, as keys are and words are not. */
export function looksSecret(text: string): boolean {
  return text.length >= 20 && /[0-9]/.test(text) && /[A-Za-z]/.test(text) && /^[\w.~+/=-]+$/.test(text)
}

export function isReference(text: string): boolean {
  return /^(Bearer +)?(\$\{[^}]+\}|\$[A-Za-z_]\w*)$/i.test(text)
}

export function isTelling(name: string): boolean {
  return TELLING.test(name)
}
