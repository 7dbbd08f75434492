import { isTable, type Value } from './operation.ts'

/** The credential that an entry presents to its server. */
export type Presented =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'variable'; readonly variable: string }
  | { readonly kind: 'input'; readonly id: string }
  | { readonly kind: 'literal' }
  /** Something that an upstream cannot present. */
  | { readonly kind: 'other'; readonly why: string }

const REFERENCE = /^\$\{(?:env:)?([A-Za-z_]\w*)(?::-[^}]*)?\}$|^\$([A-Za-z_]\w*)$/
const INPUT = /^\$\{input:([^}]+)\}$/
const TELLING = /key|token|secret|auth|pass|pwd|credential|sig/i

/** Upstreams present a bearer credential and nothing else, and agents' own headers are not passed on. */
export function presentedBy(headers: Value | undefined): Presented {
  if (headers === undefined) return { kind: 'nothing' }
  if (!isTable(headers)) return { kind: 'other', why: 'its headers are not a table' }
  const names = Object.keys(headers)
  const others = names.filter((name) => name.toLowerCase() !== 'authorization')
  if (others.length > 0) return { kind: 'other', why: `it wants the header ${others.join(', ')}` }
  const [name, second] = names
  if (name === undefined) return { kind: 'nothing' }
  if (second !== undefined) return { kind: 'other', why: 'it has two Authorization headers' }
  const bearer = /^Bearer +(\S+)$/i.exec(String(headers[name]))?.[1]
  if (bearer === undefined) return { kind: 'other', why: 'its Authorization is not a bearer token' }
  const reference = REFERENCE.exec(bearer)
  const variable = reference?.[1] ?? reference?.[2]
  if (variable !== undefined) return { kind: 'variable', variable }
  const id = INPUT.exec(bearer)?.[1]
  return id === undefined ? { kind: 'literal' } : { kind: 'input', id }
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
