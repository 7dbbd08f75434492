import { expect, test } from 'vitest'
import type { Upstream } from '../api/types.ts'
import { instructionsFor, TOKEN_VARIABLE } from './instructions.ts'

const server = (change: Partial<Upstream> = {}): Upstream => ({
  id: '1',
  name: 'notes',
  connector: 'mcp',
  path: '/mcp/notes',
  target: { kind: 'http', url: 'http://127.0.0.1:3001/mcp' },
  credential: null,
  createdAt: '2026-11-29T12:00:00Z',
  ...change,
})
/** As Claude Code and Gemini CLI write a variable. */
const VARIABLE = ['$', '{', TOKEN_VARIABLE, '}'].join('')
const textFor = (host: string, change?: Partial<Upstream>) =>
  instructionsFor(server(change), 'https://agents.example.com/').find((one) => one.host === host)?.text ?? ''

test('each host is told the address on the proxy, and the variable that has the token', () => {
  expect(JSON.parse(textFor('Claude Code'))).toEqual({
    mcpServers: {
      notes: {
        type: 'http',
        url: 'https://agents.example.com/mcp/notes',
        headers: { Authorization: `Bearer ${VARIABLE}` },
      },
    },
  })
  expect(textFor('Codex')).toBe(
    '[mcp_servers.notes]\nurl = "https://agents.example.com/mcp/notes"\nbearer_token_env_var = "SALLYPORT_GATEWAY_TOKEN"',
  )
  expect(JSON.parse(textFor('Gemini CLI')).mcpServers.notes.httpUrl).toBe(
    'https://agents.example.com/mcp/notes',
  )
  expect(textFor('curl')).toContain('curl -sS https://agents.example.com/mcp/notes')
})

test('a server that gets the own credential of its agents is told the token in a header of its own', () => {
  const passing = { credential: { kind: 'passthrough' } } as Partial<Upstream>
  expect(textFor('Claude Code', passing)).toContain(`"Sallyport-Gateway": "${VARIABLE}"`)
  expect(textFor('Codex', passing)).toContain('env_http_headers = { "Sallyport-Gateway"')
  expect(textFor('curl', passing)).toContain('-H "Sallyport-Gateway: $SALLYPORT_GATEWAY_TOKEN"')
})

test('a server beside its agent is a command, whose words stay the words that they are', () => {
  const target = { kind: 'attached', command: ['node', "it's; rm -rf /", '$(id)'] } as const
  const [only, ...others] = instructionsFor(server({ target } as unknown as Partial<Upstream>), 'http://p')
  expect(others).toEqual([])
  expect(only?.text).toBe(`sallyport mcp --name notes -- node 'it'\\''s; rm -rf /' '$(id)'`)
})

test('an API over HTTP is tried with curl, and no MCP host is told of it', () => {
  const api = { connector: 'http', path: '/http/notes' }
  expect(instructionsFor(server(api), 'http://p').map(({ host }) => host)).toEqual(['curl'])
  expect(textFor('curl', api)).not.toContain('jsonrpc')
})

test('a name that is no bare key is quoted where Codex reads it', () => {
  expect(textFor('Codex', { name: 'a.b' })).toContain('[mcp_servers."a.b"]')
})
