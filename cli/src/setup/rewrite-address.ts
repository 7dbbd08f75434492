import { type Presented, presentedBy, unregistrable } from './credentials.ts'
import { already, type EntryPlan, freeName, left, type RewriteOptions, type Upstream } from './entry-plan.ts'
import { tokenOperations } from './gateway-token.ts'
import { sallyportName } from './names.ts'
import { type Operation, type Path, type Value, valueAt } from './operation.ts'
import type { Tool } from './tools.ts'

/** A server that the tool reaches at an address: it reaches the proxy's, and the proxy the server's. */
export function planAddress(
  tool: Tool,
  path: Path,
  urlKey: string,
  entry: Value,
  options: RewriteOptions,
  taken: ReadonlyMap<string, string>,
): EntryPlan {
  const url = valueAt(entry, [urlKey])
  if (typeof url !== 'string' || url === '') return left('its address is not text')
  const ours = `${options.proxy}/mcp/`
  if (url.startsWith(ours)) return already(url.slice(ours.length), url)

  const presented = presentation(tool, entry)
  if (presented.kind === 'unclear') return left(presented.why)
  const entryName = path.at(-1) ?? ''
  const registered = registeredFor(entryName, url, presented, options.upstreams)
  const refused = registered ? undefined : unregistrable(url)
  if (refused !== undefined)
    return left(`${refused}; register it with sallyport upstream add NAME --url … and run setup again`, true)

  // What the entry presents stays between the tool and the server, a login that it may want too.
  const passes = registered?.passes ?? true
  const token = tokenOperations({ tool, path, urlKey, entry, passes }, options)
  if ('why' in token) return left(token.why)

  const definition = [url, JSON.stringify(presented), JSON.stringify(valueAt(entry, ['headers']))].join('\0')
  const held = withUpstreams(taken, options.upstreams)
  const name = registered?.name ?? freeName(entryName, definition, [...path, url].join('\0'), held)
  const upstream = registered ?? { name, url, tokenEnv: null, passes, headers: presented.headers }
  return {
    outcome: { kind: 'rewritten', transport: 'http', as: name },
    definition,
    operations: [
      { op: 'set', path: [...path, urlKey], value: `${options.proxy}/mcp/${name}`, before: urlKey },
      ...transportOperations(tool, path, urlKey, entry),
      ...token.operations,
    ],
    upstream,
    notes: [...notPassed(presented, upstream), ...token.notes],
  }
}

type Presents = Extract<Presented, { readonly kind: 'presents' }>

function presentation(tool: Tool, entry: Value): Presented {
  if (tool.token.kind !== 'variable') return presentedBy(valueAt(entry, ['headers']))
  const variable = valueAt(entry, [tool.token.key])
  const presented = presentedBy(...tool.token.headers.map((key) => valueAt(entry, [key])))
  if (variable === undefined || presented.kind === 'unclear') return presented
  if (presented.authorization) return { kind: 'unclear', why: 'it has two Authorization headers' }
  return typeof variable === 'string'
    ? { ...presented, variable, authorization: true }
    : { kind: 'unclear', why: `its ${tool.token.key} is not text` }
}

/** An upstream that somebody registered may present its own credential, or pass fewer fields on. */
function notPassed({ headers }: Presents, upstream: Upstream): string[] {
  const lost = headers.filter(
    (name) => !upstream.passes || (name !== 'authorization' && !upstream.headers.includes(name)),
  )
  return lost.length === 0
    ? []
    : [`its header ${lost.join(', ')} is not passed on, as ${upstream.name} is registered`]
}

function transportOperations(tool: Tool, path: Path, urlKey: string, entry: Value): Operation[] {
  const operations: Operation[] = []
  if (tool.streamableKey && tool.streamableKey !== urlKey && valueAt(entry, ['type']) !== tool.type?.value)
    operations.push({ op: 'rename', path: [...path, urlKey], key: tool.streamableKey })
  const { type } = tool
  if (!type) return operations
  const now = valueAt(entry, ['type'])
  if (now === undefined ? type.required : now !== type.value)
    operations.push({ op: 'set', path: [...path, 'type'], value: type.value, before: urlKey })
  return operations
}

/** A registered name that is not the entry's own stands for something else, even at the same address. */
function withUpstreams(
  taken: ReadonlyMap<string, string>,
  upstreams: readonly Upstream[],
): ReadonlyMap<string, string> {
  return new Map([...upstreams.map(({ name }) => [name, 'registered'] as const), ...taken])
}

/**
 * The upstream that is this server already: for another tool, or because somebody registered it by hand. One that
 * passes on what the entry presents comes first, then one that reads the same variable, then one of the entry's name.
 */
function registeredFor(
  entry: string,
  url: string,
  { variable, authorization, headers }: Presents,
  upstreams: readonly Upstream[],
): Upstream | undefined {
  const there = upstreams.filter((upstream) => sameAddress(upstream.url, url))
  const named = there.find((upstream) => upstream.name === sallyportName(entry))
  if (!authorization && headers.length === 0) return named ?? there.find(({ tokenEnv }) => tokenEnv === null)
  const passing = there.find((one) => one.passes && headers.every((name) => one.headers.includes(name)))
  const reading = variable === null ? undefined : there.find(({ tokenEnv }) => tokenEnv === variable)
  // The same address with another credential may be another account.
  return reading ?? passing ?? (variable === null && named?.passes === false ? named : undefined)
}

function sameAddress(one: string, other: string): boolean {
  return URL.canParse(one) && URL.canParse(other) && new URL(one).href === new URL(other).href
}
