import type { RewriteOptions } from './entry-plan.ts'
import { isTable, type Operation, type Path, type Value, valueAt } from './operation.ts'
import type { Tool } from './tools.ts'

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

/** How the entry presents the gateway's token to the proxy, in place of what it presented to the server. */
export function tokenOperations(place: TokenPlace, options: RewriteOptions): TokenPlan {
  const { tool, path, urlKey, entry, passes } = place
  const variable = options.tokenVariable
  const { token } = tool
  const give = `set ${variable} for ${tool.title} to the token of its gateway`
  const header = (value: string) => authorize(place, value)
  switch (token.kind) {
    case 'reference':
      return { operations: header(token.to(variable)), notes: [give] }
    case 'input':
      return {
        operations: header(`\${input:${INPUT_ID}}`),
        notes: [`${tool.title} asks for the gateway's token`],
      }
    case 'variable': {
      const [plain = '', fromVariables = ''] = token.headers
      if (passes) {
        const value = { [OWN_HEADER]: variable }
        return {
          operations: [{ op: 'set', path: [...path, fromVariables], value, before: urlKey }],
          notes: [give],
        }
      }
      const old = Object.keys((valueAt(entry, [plain]) as object | undefined) ?? {})
      return {
        operations: [
          { op: 'set', path: [...path, token.key], value: variable, before: urlKey },
          ...old
            .filter((name) => name.toLowerCase() === 'authorization')
            .map((name): Operation => ({ op: 'remove', path: [...path, plain, name] })),
        ],
        notes: [give],
      }
    }
    case 'literal': {
      if (options.scope === 'project')
        return {
          why: `${tool.title} reads no variables in headers, and a token does not belong in a project's file`,
        }
      if (!options.gatewayToken)
        return {
          why: `${tool.title} reads no variables in headers; run setup with ${variable} set to the gateway's token`,
        }
      return {
        operations: header(options.gatewayToken),
        notes: [
          "the gateway's token is in the file itself, because this tool does not read variables in headers",
        ],
      }
    }
  }
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
export function inputOperations(tool: Tool, config: Value): Operation[] {
  if (tool.token.kind !== 'input') return []
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
