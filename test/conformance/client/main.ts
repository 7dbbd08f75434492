import {
  Client,
  ClientCredentialsProvider,
  type OAuthClientProvider,
  PrivateKeyJwtProvider,
  StreamableHTTPClientTransport,
  type Tool,
  UnauthorizedError,
} from '@modelcontextprotocol/client'
import { routeTo } from './route.ts'
import { Visitor } from './visitor.ts'

/**
 * The client that the conformance suite runs against its servers: `node main.ts URL`, with the scenario in the
 * environment. It does what a server offers: lists, reads, calls every tool, answers what it is asked.
 */
const MOST_CONSENTS = 2
const { MCP_CONFORMANCE_SCENARIO: scenario = '', MCP_CONFORMANCE_PROTOCOL_VERSION: revision = '2025-11-25' } =
  process.env
const context = JSON.parse(process.env['MCP_CONFORMANCE_CONTEXT'] ?? '{}') as Context
const address = process.argv.at(-1) ?? ''

interface Context {
  readonly client_id?: string
  readonly client_secret?: string
  readonly private_key_pem?: string
  readonly signing_algorithm?: string
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: Record<string, unknown> }[]
}

const { url, fetch: routed } = await routeTo(address, scenario)
const provider = providerOf(context)
const client = new Client(
  { name: 'sallyport-conformance-client', version: '1.0.0' },
  {
    capabilities: { elicitation: { form: { applyDefaults: true } }, sampling: {}, roots: {} },
    versionNegotiation: { mode: revision >= '2026-07-28' ? { pin: revision } : 'legacy' },
  },
)
client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: {} }))
client.setRequestHandler('roots/list', () => ({ roots: [] }))

let transport = open()
await consenting(() => client.connect(transport), reopen)
await visit()
await client.close()

function open(): StreamableHTTPClientTransport {
  return new StreamableHTTPClientTransport(url, { fetch: routed, authProvider: provider })
}

/** A transport that was refused cannot be started again. */
async function reopen(): Promise<void> {
  await client.close()
  transport = open()
}

async function visit(): Promise<void> {
  const { tools } = await consenting(() => client.listTools())
  const { resources, prompts } = client.getServerCapabilities() ?? {}
  if (resources) {
    const listed = await client.listResources()
    for (const { uri } of listed.resources) await client.readResource({ uri })
  }
  if (prompts) {
    const listed = await client.listPrompts()
    for (const { name } of listed.prompts) await client.getPrompt({ name })
  }
  const calls =
    context.toolCalls ?? tools.map((tool) => ({ name: tool.name, arguments: argumentsOf(tool, tools) }))
  for (const call of calls) await consenting(() => client.callTool(call))
}

/** Does what may first need a person's consent, at the authorization server that the refusal led to. */
async function consenting<T>(act: () => Promise<T>, afterwards?: () => Promise<void>): Promise<T> {
  for (let consents = 0; ; consents++) {
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof UnauthorizedError) || !(provider instanceof Visitor)) throw error
      if (consents === MOST_CONSENTS) throw error
      await transport.finishAuth(provider.takeCallback())
      await afterwards?.()
    }
  }
}

/** Something for each property; for an object the schema of another tool, which its server wants to see unaltered. */
function argumentsOf({ inputSchema }: Tool, [first]: readonly Tool[]): Record<string, unknown> {
  const examples: Record<string, unknown> = {
    number: 7,
    integer: 7,
    boolean: true,
    object: first?.inputSchema,
  }
  const properties = Object.entries(inputSchema.properties ?? {}) as [string, { readonly type?: string }][]
  return Object.fromEntries(properties.map(([name, { type = 'string' }]) => [name, examples[type] ?? 'text']))
}

function providerOf({
  client_id,
  client_secret,
  private_key_pem,
  signing_algorithm,
}: Context): OAuthClientProvider {
  if (client_id === undefined) return new Visitor()
  if (private_key_pem !== undefined)
    return new PrivateKeyJwtProvider({
      clientId: client_id,
      privateKey: private_key_pem,
      algorithm: signing_algorithm ?? 'ES256',
    })
  if (client_secret === undefined) return new Visitor({ client_id })
  if (scenario === 'auth/client-credentials-basic')
    return new ClientCredentialsProvider({ clientId: client_id, clientSecret: client_secret })
  return new Visitor({ client_id, client_secret })
}
