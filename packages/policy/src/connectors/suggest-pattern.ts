import { actionOf, UNKNOWN_ACTION } from '../action.ts'
import { CLIENT_METHODS } from '../mcp-methods.ts'
import { MAX_PATTERN_LENGTH } from '../pattern.ts'
import { percentDecode, percentEncode } from '../percent-encode.ts'
import { canMatch, otherKindOf } from './index.ts'
import { nearest } from './nearest.ts'
import { withOwnWildcard } from './other-wildcards.ts'
import { isOfHttp, meantOfHttp } from './suggest-http.ts'

/** What a person meant who wrote a pattern that can match nothing. */
export interface Suggestion {
  readonly action: string
  /** The upstream that the pattern began with. */
  readonly upstream: string | null
}

const FAMILY = 'mcp'
const SECTIONS = ['tools', 'prompts', 'resources', 'rpc'] as const
/** Names of methods that name nothing finer, but do so together with what they use. */
const FINER: ReadonlyMap<string, string> = new Map([['tools_call', 'mcp.tools.*']])
/** The methods of MCP, by their names with `_` in the place of `/`. */
const METHODS: ReadonlyMap<string, string> = new Map(
  [...CLIENT_METHODS].map((method) => [method.replaceAll('/', '_'), method]),
)
const SECTION = 'tools?|prompts?|resources?|rpc'
/** The family and the section with other signs than one dot behind each: `mcp/tools/x`, `mcp.tools_x`, `mcp..tools.x`. */
const FAMILY_AND_SECTION = new RegExp(`^mcp[._:/-]+(${SECTION})(?:[.:/]+|[_-])`, 'i')
const ONE_OF_THEM = new RegExp(`^(mcp|${SECTION})[:/.]+`, 'i')

/**
 * The pattern that was probably meant, which can match an action of the kind; undefined where nothing is near. The kind
 * `*` is any. Takes any text, however malformed.
 */
export function suggestPattern(
  kind: string,
  source: string,
  upstreams: Iterable<string>,
): Suggestion | undefined {
  if (source.length > MAX_PATTERN_LENGTH) return undefined
  const names = [...upstreams]
  const text = withOwnWildcard(source.trim())
  if (otherKindOf(kind, text) !== undefined && !names.includes(text.slice(0, text.indexOf('.'))))
    return undefined
  const tried = [
    () => found(kind, inNames(text)),
    () => ofMethod(kind, text),
    () => (kind === 'http' ? undefined : ofMcp(kind, inNames(dotted(text)), names)),
    () => (kind === FAMILY ? undefined : ofHttp(kind, text)),
  ]
  for (const one of tried) {
    const suggestion = one()
    if (suggestion !== undefined) return suggestion
  }
  return undefined
}

/** As a name of an action has it: what is not plain is encoded, and what is plain is not. */
export function inNames(text: string): string {
  return text
    .split('*')
    .map((part) => percentEncode(percentDecode(part)))
    .join('*')
}

function dotted(text: string): string {
  return text.replace(FAMILY_AND_SECTION, 'mcp.$1.').replace(ONE_OF_THEM, '$1.')
}

function found(kind: string, action: string, upstream: string | null = null): Suggestion | undefined {
  try {
    return canMatch(kind, action) ? { action, upstream } : undefined
  } catch {
    return undefined
  }
}

/** `tools/call`, `mcp.rpc.tools/call`, `mcp.rpc.tools_call`, `mcp.tools_list`, `mcp.rpc.a/b`. */
function ofMethod(kind: string, text: string): Suggestion | undefined {
  const name = text.replace(/^(?:mcp[.:/]+)?(?:rpc[.:/]+)?/i, '').replaceAll('/', '_')
  const finer = FINER.get(name)
  if (finer !== undefined) return found(kind, finer)
  const method = METHODS.get(name)
  if (method !== undefined && (text.includes('/') || text !== name)) {
    const action = actionOf({ kind: 'request', method })
    return found(kind, action === UNKNOWN_ACTION ? `mcp.rpc.${name}` : action)
  }
  return /^(?:mcp[.:/]+)?rpc[.:/]/i.test(text) && text.includes('/')
    ? found(kind, `mcp.rpc.${name}`)
    : undefined
}

/** Words before the first that is chosen: the family, an upstream's name, the section. Each may be missing or mistyped. */
function ofMcp(kind: string, text: string, upstreams: readonly string[]): Suggestion | undefined {
  const words = text.split('.')
  const hasFamily = nearest(words[0] ?? '', [FAMILY]) !== undefined
  if (hasFamily) words.shift()
  const upstream = words.length > 1 && upstreams.includes(words[0] ?? '') ? (words.shift() ?? null) : null
  const named = words.length > 1 || hasFamily ? nearest(words[0] ?? '', SECTIONS) : undefined
  if (named !== undefined) words.shift()
  const rest = words.join('.') || '*'
  const section = named ?? 'tools'
  if (kind === '*' && !hasFamily && named === undefined && upstream === null && isOfHttp(text))
    return undefined
  const plain = rest.replace(/^call\./, '')
  return (
    found(kind, `mcp.${section}.${rest}`, upstream) ??
    found(kind, `mcp.${section}.${plain}`, upstream) ??
    found(kind, `mcp.${section}.*`, upstream)
  )
}

function ofHttp(kind: string, text: string): Suggestion | undefined {
  for (const action of meantOfHttp(text)) {
    const suggestion = found(kind, action)
    if (suggestion !== undefined) return suggestion
  }
  return undefined
}
