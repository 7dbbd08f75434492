import type { RewriteOptions } from './entry-plan.ts'
import { isTable, type Operation, type Path, type Value, valueAt } from './operation.ts'
import type { TokenForm, Tool } from './tools.ts'

const INPUT_ID = 'sallyport-gateway-token'

type TokenPlan =
  | { readonly operations: readonly Operation[]; readonly notes: readonly string[] }
  | { readonly why: string }

/** Where in which entry the token goes. */
export interface TokenPlace {
  readonly tool: Tool
  readonly path: Path
  readonly urlKey: string
  readonly entry: Value
  /** Whether Authorization stays free for the tool's own login at the server. */
  readonly passes: boolean
}

const OWN_HEADER = 'Sallyport-Gateway'

/** How the entry presents the gateway's token to the proxy. */
export function tokenOperations(place: TokenPlace, options: RewriteOptions): TokenPlan {
  const { tool } = place
  const variable = options.tokenVariable
  const { token } = tool
  const give = `set ${variable} for ${tool.title} to the token of its gateway`
  const known = options.scope === 'user' ? options.gatewayToken : undefined
  if (known !== undefined && !(options.prefersVariable && token.kind !== 'literal'))
    return {
      operations: token.kind === 'variable' ? inTables(place, token, 0, known) : authorize(place, known),
      notes: ["the gateway's token is in the file itself, for the user's own eyes"],
    }
  switch (token.kind) {
    case 'reference':
      return { operations: authorize(place, token.to(variable)), notes: [give] }
    case 'input':
      return {
        operations: authorize(place, `\${input:${INPUT_ID}}`),
        notes: [`${tool.title} asks for the gateway's token`],
      }
    case 'variable':
      return { operations: inTables(place, token, 1, variable), notes: [give] }
    case 'literal':
      if (options.scope === 'project')
        return {
          why: `${tool.title} reads no variables in headers, and a token does not belong in a project's file`,
        }
      return {
        why: `${tool.title} reads no variables in headers; run setup with ${variable} set to the gateway's token`,
      }
  }
}

/** In the entry's table of values, or in its table of variables (Codex). */
function inTables(
  { path, urlKey, entry, passes }: TokenPlace,
  { key, headers }: Extract<TokenForm, { readonly kind: 'variable' }>,
  table: 0 | 1,
  value: string,
): readonly Operation[] {
  const namesIn = (at: string) => Object.keys((valueAt(entry, [at]) as object | undefined) ?? {})
  const [plain = '', fromVariables = ''] = headers
  const set = (at: string, name: string, text: string): Operation => {
    const [first] = namesIn(at)
    return first === undefined
      ? { op: 'set', path: [...path, at], value: { [name]: text }, before: urlKey }
      : { op: 'set', path: [...path, at, name], value: text, before: first }
  }
  if (passes) return [set(table === 0 ? plain : fromVariables, OWN_HEADER, value)]
  const authorizations = (at: string) => namesIn(at).filter((name) => name.toLowerCase() === 'authorization')
  const without = (at: string) =>
    authorizations(at).map((name): Operation => ({ op: 'remove', path: [...path, at, name] }))
  if (table === 1)
    return [
      { op: 'set', path: [...path, key], value, before: urlKey },
      ...without(plain),
      ...without(fromVariables),
    ]
  const [old = 'Authorization'] = authorizations(plain)
  const variable: readonly Operation[] =
    valueAt(entry, [key]) === undefined ? [] : [{ op: 'remove', path: [...path, key] }]
  return [...variable, ...without(fromVariables), set(plain, old, `Bearer ${value}`)]
}

function authorize({ path, urlKey, entry, passes }: TokenPlace, token: string): Operation[] {
  const [name, value] = passes ? [OWN_HEADER, token] : ['Authorization', `Bearer ${token}`]
  const headers = valueAt(entry, ['headers'])
  const names = isTable(headers) ? Object.keys(headers) : []
  const old = names.find((known) => known.toLowerCase() === name.toLowerCase())
  const first = names[0]
  if (first === undefined)
    return [{ op: 'set', path: [...path, 'headers'], value: { [name]: value }, before: urlKey }]
  return [{ op: 'set', path: [...path, 'headers', old ?? name], value, before: first }]
}

/** The input that VS Code has to ask for, unless it does already. */
export function inputOperations(tool: Tool, config: Value, planned: readonly Operation[]): Operation[] {
  const asks = planned.some((one) => one.op === 'set' && JSON.stringify(one.value).includes(INPUT_ID))
  if (tool.token.kind !== 'input' || !asks) return []
  const { inputs } = tool.token
  const now = valueAt(config, [inputs])
  const input = { type: 'promptString', id: INPUT_ID, description: 'Sallyport gateway token', password: true }
  if (now === undefined) {
    const [container = 'servers'] = tool.containers[0] ?? []
    return [{ op: 'set', path: [inputs], value: [input], before: container }]
  }
  const asked = Array.isArray(now) && now.some((item) => isTable(item) && item['id'] === INPUT_ID)
  return asked ? [] : [{ op: 'prepend', path: [inputs], items: [input] }]
}
