import { HTTP } from './http.ts'
import { nearest } from './nearest.ts'

const FAMILIES = ['http', 'generic'] as const
const METHODS = HTTP.actions.map(({ name }) => name.slice(name.indexOf('.') + 1))
/** Methods that people mean by their name alone. Others, such as `copy`, are as likely tools. */
const COMMON: ReadonlySet<string> = new Set(METHODS.slice(0, METHODS.indexOf('websocket') + 1))
/** What people call methods that have another name. */
const ALSO_CALLED: ReadonlyMap<string, string> = new Map([
  ...['remove', 'destroy', 'del', 'erase'].map((word) => [word, 'delete'] as const),
  ...['read', 'fetch', 'list', 'show', 'view'].map((word) => [word, 'get'] as const),
  ...['create', 'add', 'insert', 'send', 'write'].map((word) => [word, 'post'] as const),
  ...['update', 'edit', 'modify'].map((word) => [word, 'patch'] as const),
  ...['replace', 'store'].map((word) => [word, 'put'] as const),
  ...['ws', 'wss', 'socket', 'upgrade'].map((word) => [word, 'websocket'] as const),
])
/** A sign other than a dot behind the family: `http_get`. */
const FAMILY_BEHIND_OTHER_SIGN = /^(http|generic)[\s_-]+/i
const SEPARATORS = /[.:/\s]+/

/** What was probably meant, the likeliest first: `DELETE`, `http.DELETE`, `http.delete_users`, `htp.get`, `http.remove`. */
export function meantOfHttp(text: string): readonly string[] {
  const words = wordsOf(text)
  const [first = ''] = words
  const alone = words.length === 1
  const family = alone ? FAMILIES.find((one) => one === first) : nearest(first, FAMILIES)
  const rest = words.slice(1).join('.').toLowerCase()
  const meant = methodMeantBy(rest) ?? (family === undefined ? methodMeantBy(first.toLowerCase()) : undefined)
  if (family === undefined && meant === undefined) return []
  const beginning = family ?? 'http'
  return [...(meant === undefined ? [] : [`${beginning}.${meant}`]), `${beginning}.*`]
}

/** Whether a text that may be of any kind is rather one of HTTP. */
export function isOfHttp(text: string): boolean {
  const words = wordsOf(text)
  const [first = ''] = words
  if (words.length > 1 && nearest(first, FAMILIES) !== undefined) return true
  return [...FAMILIES, ...COMMON].includes(first.toLowerCase())
}

function wordsOf(text: string): readonly string[] {
  return text.replace(FAMILY_BEHIND_OTHER_SIGN, '$1.').split(SEPARATORS)
}

function methodMeantBy(text: string): string | undefined {
  if (METHODS.includes(text)) return text
  const [first = ''] = text.split(/[^a-z]/)
  if (METHODS.includes(first)) return first
  return (
    ALSO_CALLED.get(first) ??
    nearest(text, METHODS) ??
    nearest(first, METHODS) ??
    [...COMMON].find((method) => first.startsWith(method))
  )
}
