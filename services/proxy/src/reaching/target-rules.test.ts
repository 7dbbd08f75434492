import type { CredentialReference, Upstream } from '@sallyport/control'
import { DEVELOPMENT, hostList, type Perimeter, silentLogger } from '@sallyport/runtime'
import { expect, test } from 'vitest'
import { Credentials } from './credentials/credentials.ts'
import { TargetRules } from './target-rules.ts'

const PRODUCTION: Perimeter = { mode: 'production', privateAddresses: hostList(['127.0.0.0/8']) }
const TOKEN: CredentialReference = { kind: 'env', variable: 'FILES_TOKEN' }
const PASSES: CredentialReference = { kind: 'passthrough' }

const upstream = (url: string, credential: CredentialReference | null, more: object = {}): Upstream => ({
  id: 'u-1',
  name: 'files',
  connector: 'mcp',
  target: { kind: 'http', url },
  credential,
  createdAt: '',
  ...more,
})

/** What the upstream would be sent, or the code of the fault. */
async function sent(to: Upstream, perimeter: Perimeter, agents: string | null = null) {
  const credentials = new Credentials({
    environment: { FILES_TOKEN: 'made-up' },
    folder: null,
    logger: silentLogger,
    targets: new TargetRules(perimeter),
  })
  const agentAuthorization = agents === null ? null : { header: agents, headers: [], metadataUrl: '' }
  const found = await credentials.find({ upstream: to, agentAuthorization } as Parameters<
    Credentials['find']
  >[0])
  return 'fault' in found ? found.fault.code : found.header
}

test.each([
  ['http://mcp.corp.example/', TOKEN, null, {}, 'SP_CREDENTIAL_INSECURE'],
  ['http://10.0.0.7/', TOKEN, null, {}, 'SP_CREDENTIAL_INSECURE'],
  ['http://10.0.0.7/', TOKEN, null, { insecure: true }, 'Bearer made-up'],
  ['http://127.0.0.1:1/', TOKEN, null, {}, 'Bearer made-up'],
  ['https://mcp.example.com/', TOKEN, null, {}, 'Bearer made-up'],
  ['http://mcp.corp.example/', null, null, {}, null],
  ['http://mcp.corp.example/', PASSES, null, {}, null],
  ['http://mcp.corp.example/', PASSES, 'Bearer of-the-agent', {}, 'SP_CREDENTIAL_INSECURE'],
  ['https://mcp.example.com/', PASSES, 'Bearer of-the-agent', {}, 'Bearer of-the-agent'],
])(
  '%s with the credential %o, and of the agent %s (%o): %s',
  async (url, credential, agents, more, expected) => {
    expect(await sent(upstream(url, credential, more), DEVELOPMENT, agents)).toBe(expected)
  },
)

test.each([
  ['http://mcp.example.com/', null, {}],
  ['http://mcp.example.com/', TOKEN, { insecure: true }],
  ['https://mcp.example.com/', TOKEN, { insecure: true }],
  ['https://10.0.0.7/', null, {}],
  ['https://[::ffff:10.0.0.7]/', null, {}],
])(
  'production sends nothing to %s (%o, %o), however it came to be registered',
  async (url, credential, more) => {
    expect(await sent(upstream(url, credential, more), PRODUCTION)).toBe('SP_SHORTCUT_REFUSED')
  },
)

test('production sends to what is listed and to what is public', async () => {
  expect(await sent(upstream('http://127.0.0.1:1/', TOKEN), PRODUCTION)).toBe('Bearer made-up')
  expect(await sent(upstream('https://mcp.example.com/', TOKEN), PRODUCTION)).toBe('Bearer made-up')
})

test('an agent is not told how the refusal could be lifted', () => {
  const { credentialFault } = new TargetRules(DEVELOPMENT).of(upstream('http://10.0.0.7/', TOKEN))
  expect(credentialFault?.message).not.toContain('--')
})
