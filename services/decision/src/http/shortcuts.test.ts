import { hostList, type Perimeter } from '@sallyport/runtime'
import { describe, expect, it } from 'vitest'
import { ask, logWithTokens, startInstance } from '../testing/instance.ts'

const PRODUCTION: Perimeter = {
  mode: 'production',
  privateAddresses: hostList(['10.7.0.0/16', '127.0.0.1', '*.tools.svc']),
}

const upstream = (url: string, more: object = {}) => ({
  connector: 'mcp',
  name: 'files',
  target: { kind: 'http', url },
  ...more,
})
const BY_TOKEN = { credential: { kind: 'env', variable: 'FILES_TOKEN' } }
const BY_CLIENT = {
  credential: {
    kind: 'client_credentials',
    tokenUrl: 'https://10.9.9.9/token',
    clientId: 'sallyport',
    clientAuthentication: 'client_secret_basic',
    secret: { kind: 'env', variable: 'CLIENT_SECRET' },
    scope: null,
    resource: null,
  },
}

async function registered(body: object, perimeter?: Perimeter) {
  const instance = await startInstance(await logWithTokens(), perimeter)
  const { status, body: answer } = await ask(instance, 'POST', '/v1/upstreams', body)
  return { status, ...answer }
}

describe('in production', () => {
  it.each([
    [upstream('http://mcp.example.com/mcp'), /plain HTTP to mcp\.example\.com is a developer shortcut/],
    [upstream('http://10.7.0.1/mcp'), /plain HTTP to 10\.7\.0\.1/],
    [upstream('https://10.8.0.1/mcp'), /private address 10\.8\.0\.1 that nobody listed/],
    [upstream('https://169.254.169.254/'), /private address 169\.254\.169\.254/],
    [upstream('https://localhost:3001/mcp'), /private address localhost/],
    [upstream('https://mcp.example.com/mcp', { insecure: true }), /--insecure is a developer shortcut/],
    [upstream('https://mcp.example.com/mcp', BY_CLIENT), /private address 10\.9\.9\.9/],
  ])('%o is refused by name', async (body, said) => {
    expect(await registered(body, PRODUCTION)).toMatchObject({
      status: 403,
      code: 'SP_SHORTCUT_REFUSED',
      detail: expect.stringMatching(said),
    })
  })

  it.each([
    upstream('https://mcp.example.com/mcp', BY_TOKEN),
    upstream('https://10.7.3.4/mcp', BY_TOKEN),
    upstream('https://files.tools.svc/mcp'),
    upstream('http://127.0.0.1:3001/mcp', BY_TOKEN),
    { connector: 'mcp', name: 'files', target: { kind: 'stdio', command: ['server'], env: [], cwd: null } },
  ])('%o is registered', async (body) => {
    expect((await registered(body, PRODUCTION)).status).toBe(201)
  })

  it.each([
    [{ url: 'https://10.8.0.1/hook' }, /private address 10\.8\.0\.1/],
    [{ url: 'https://hooks.example.com/', insecure: true }, /--insecure/],
    [{ url: 'http://hooks.example.com/', insecure: true }, /--insecure/],
  ])('a webhook at %o is refused by name', async (change, said) => {
    const instance = await startInstance(await logWithTokens(), PRODUCTION)
    const body = { name: 'ops', events: ['approval.*'], ...change }
    expect(await ask(instance, 'POST', '/v1/webhooks', body)).toMatchObject({
      status: 403,
      body: { code: 'SP_SHORTCUT_REFUSED', detail: expect.stringMatching(said) },
    })
  })
})

describe('a credential in plain text', () => {
  it.each(['http://mcp.corp.example/mcp', 'http://10.0.0.7/mcp', 'http://mcp/mcp', 'http://[fd00::1]/mcp'])(
    'is not registered for %s without --insecure',
    async (url) => {
      expect(await registered(upstream(url, BY_TOKEN))).toMatchObject({
        status: 400,
        code: 'SP_CREDENTIAL_INSECURE',
        detail: expect.stringMatching(/use an https address, or --insecure$/),
      })
      expect(await registered(upstream(url, { ...BY_TOKEN, insecure: true }))).toMatchObject({
        status: 201,
        insecure: true,
      })
    },
  )

  it.each([
    upstream('http://mcp.corp.example/mcp'),
    upstream('http://mcp.corp.example/mcp', { credential: { kind: 'passthrough' } }),
    upstream('http://localhost:3001/mcp', BY_TOKEN),
    upstream('http://[::1]:3001/mcp', BY_TOKEN),
  ])('%o sends none there, or not to another machine', async (body) => {
    const answer = await registered(body)
    expect(answer.status).toBe(201)
    expect(answer).not.toHaveProperty('insecure')
  })
})
