import { type Presented, presentedBy, unregistrable } from './credentials.ts'
import { already, type EntryPlan, freeName, left, type RewriteOptions, type Upstream } from './entry-plan.ts'
import { tokenOperations } from './gateway-token.ts'
import { credentialVariable, isCredentialVariable, sallyportName } from './names.ts'
import { type Operation, type Path, type Value, valueAt } from './operation.ts'
import type { Scope, Tool } from './tools.ts'

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
  const entryName = path.at(-1) ?? ''
  const registered = registeredFor(entryName, url, presented, options.upstreams)
  const refused = registered
    ? undefined
    : (unregistrable(url) ?? (presented.kind === 'other' ? presented.why : undefined))
  if (refused !== undefined)
    return left(`${refused}; register it with sallyport upstream add NAME --url … and run setup again`, true)

  // A server that the entry has no credential for may want a login, which is between the tool and the server.
  const passes = registered?.passes ?? presented.kind === 'nothing'
  const token = tokenOperations({ tool, path, urlKey, entry, passes }, options)
  if ('why' in token) return left(token.why)

  const definition = [url, JSON.stringify(presented), JSON.stringify(valueAt(entry, ['headers']))].join('\0')
  const held = withUpstreams(taken, options.upstreams)
  const name = registered?.name ?? freeName(entryName, definition, [...path, url].join('\0'), held)
  const { tokenEnv, notes } = credentialFor(name, presented, options.scope)
  const upstream = registered ?? { name, url, tokenEnv, passes }
  return {
    outcome: { kind: 'rewritten', transport: 'http', as: name },
    definition,
    operations: [
      { op: 'set', path: [...path, urlKey], value: `${options.proxy}/mcp/${name}`, before: urlKey },
      ...transportOperations(tool, path, urlKey, entry),
      ...token.operations,
    ],
    upstream,
    notes: [
      ...(registered ? [] : notes),
      ...(presented.kind === 'other' ? [`${presented.why}, which is not passed on`] : []),
      ...token.notes,
    ],
  }
}

function presentation(tool: Tool, entry: Value): Presented {
  if (tool.token.kind !== 'variable') return presentedBy(valueAt(entry, ['headers']))
  const { key, headers } = tool.token
  const [plain = '', fromVariables = ''] = headers
  const named = Object.keys((valueAt(entry, [fromVariables]) as object | undefined) ?? {})
  if (named.length > 0) return { kind: 'other', why: `it wants the header ${named.join(', ')}` }
  const variable = valueAt(entry, [key])
  const presented = presentedBy(valueAt(entry, [plain]))
  if (variable === undefined || presented.kind === 'other') return presented
  return typeof variable === 'string'
    ? { kind: 'variable', variable }
    : { kind: 'other', why: `its ${key} is not text` }
}

/**
 * The server's credential moves to the proxy. A variable that the entry names is read there from now on. A literal
 * credential leaves the file, because agents can read it; a person has to give it to the proxy. A project's file may be
 * anybody's: the variable it names must not choose which of the proxy's credentials its server is sent.
 */
function credentialFor(
  name: string,
  presented: Presented,
  scope: Scope,
): { readonly tokenEnv: string | null; readonly notes: readonly string[] } {
  if (presented.kind === 'nothing' || presented.kind === 'other') return { tokenEnv: null, notes: [] }
  const named = namedVariable(presented, scope)
  const tokenEnv = named ?? credentialVariable(name)
  return {
    tokenEnv,
    notes: [`set ${tokenEnv} where the proxy runs, ${sourceOf(presented, named !== undefined)}`],
  }
}

function namedVariable(presented: Presented, scope: Scope): string | undefined {
  if (presented.kind !== 'variable' || scope === 'project') return undefined
  return isCredentialVariable(presented.variable) ? presented.variable : undefined
}

function sourceOf(presented: Presented, same: boolean): string {
  if (presented.kind === 'variable')
    return same ? 'as the tool had it' : `to what ${presented.variable} holds`
  if (presented.kind === 'input') return `to what you gave for the input ${presented.id}`
  return 'to the token that the entry had; it is only in the backup now'
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
 * The upstream that is this server already: for another tool, or because somebody registered by hand what setup
 * would not. The same address with another credential may be another account, so it is another upstream.
 */
function registeredFor(
  entry: string,
  url: string,
  presented: Presented,
  upstreams: readonly Upstream[],
): Upstream | undefined {
  const there = upstreams.filter((upstream) => sameAddress(upstream.url, url))
  const name = sallyportName(entry)
  const named = there.find((upstream) => upstream.name === name)
  const reading = (variable: string) => there.find(({ tokenEnv }) => tokenEnv === variable)
  switch (presented.kind) {
    case 'nothing':
      return named ?? there.find(({ tokenEnv }) => tokenEnv === null)
    case 'other':
      return named ?? (there.length === 1 ? there[0] : undefined)
    case 'variable':
      return reading(presented.variable) ?? reading(credentialVariable(name))
    case 'input':
    case 'literal':
      return reading(credentialVariable(name)) ?? (named?.tokenEnv ? named : undefined)
  }
}

function sameAddress(one: string, other: string): boolean {
  return URL.canParse(one) && URL.canParse(other) && new URL(one).href === new URL(other).href
}
