import { parse } from 'jsonc-parser'
import { describe, expect, test } from 'vitest'
import { readConfig } from './config-document.ts'
import type { RewriteOptions } from './entry-plan.ts'
import { ConfigAmbiguous, ConfigShapeUnknown, ConfigUnparsable } from './errors.ts'
import { type Value, valueAt } from './operation.ts'
import { rewrite } from './rewrite.ts'
import { OPTIONS, SAMPLES, sampleOf } from './testing/samples.ts'
import { TOOLS, type Tool } from './tools.ts'

const env = (name: string) => `\${env:${name}}`
const braced = (name: string) => `\${${name}}`
const server = (entry: unknown) => JSON.stringify({ mcpServers: { one: entry } })
const remote = (url: string, more: object = {}) => server({ url, ...more })

function outcomes(text: string, tool: Tool = TOOLS.cursor, options: Partial<RewriteOptions> = {}) {
  const { changes } = rewrite(text, tool, { ...OPTIONS, ...options })
  return Object.fromEntries(changes.map(({ path, outcome }) => [path.at(-1), outcome]))
}

function only(text: string, tool: Tool = TOOLS.cursor, options: Partial<RewriteOptions> = {}) {
  const rewritten = rewrite(text, tool, { ...OPTIONS, ...options })
  const [change] = rewritten.changes
  if (!change) throw new Error('no server')
  const entry = valueAt(readConfig(rewritten.text, tool.format), change.path)
  return { ...rewritten, change, entry }
}

describe.each(SAMPLES)('the sample $name', ({ tool, options, before, after }) => {
  test('becomes what it should, to the byte', () => {
    expect(rewrite(before, tool, options).text).toBe(after)
  })

  test('is not changed by a second run', () => {
    const again = rewrite(after, tool, options)
    expect(again.text).toBe(after)
    expect(again.edited).toEqual([])
    const kinds = new Set(again.changes.map(({ outcome }) => outcome.kind))
    expect(kinds.has('rewritten')).toBe(false)
  })

  test('keeps carriage returns on every line', () => {
    const { text } = rewrite(before.replaceAll('\n', '\r\n'), tool, options)
    expect(text).toBe(after.replaceAll('\n', '\r\n'))
  })

  test('keeps its byte order mark', () => {
    expect(rewrite(`\uFEFF${before}`, tool, options).text).toBe(`\uFEFF${after}`)
  })

  test('keeps tabs', () => {
    const tabbed = (text: string) => text.replaceAll(/^( {2})+/gm, (spaces) => '\t'.repeat(spaces.length / 2))
    expect(rewrite(tabbed(before), tool, options).text).toBe(tabbed(after))
  })

  test('keeps every comment and every line that is not about a command or an address', () => {
    const { text } = rewrite(before, tool, options)
    for (const comment of before.match(/(?<!:)\/\/ .*|\/\*.*?\*\/|# .*/g) ?? [])
      expect(text).toContain(comment)
  })

  test.runIf(tool.format === 'json')('works on one line', () => {
    const flat = JSON.stringify(parse(before))
    const { text } = rewrite(flat, tool, options)
    expect(JSON.parse(text)).toEqual(parse(after))
    expect(text).not.toContain('\n')
  })

  test('keeps every value that a server at an address gets', () => {
    for (const value of before.match(/made-up-[a-z]+-\d/g) ?? []) expect(after).toContain(value)
  })
})

describe('files with no server', () => {
  test.each([
    ['empty', ''],
    ['only blank', ' \r\n\t'],
    ['only a byte order mark', '\uFEFF'],
    ['only a comment', '// nothing yet\n'],
    ['an empty object', '{}'],
    ['an empty container', '{ "mcpServers": {} }'],
  ])('are left as they are: %s', (_, text) => {
    expect(rewrite(text, TOOLS.cursor, OPTIONS)).toEqual({ text, changes: [], commands: [], edited: [] })
  })

  test('are left as they are in TOML', () => {
    expect(rewrite('# nothing\n', TOOLS.codex, OPTIONS).text).toBe('# nothing\n')
  })
})

describe('files that cannot be read for certain', () => {
  test('broken JSON is refused with its place', () => {
    const text = '{\n  "mcpServers": {\n    "a": { "command": }\n  }\n}'
    expect(() => rewrite(text, TOOLS.cursor, OPTIONS)).toThrow(ConfigUnparsable)
    expect(() => rewrite(text, TOOLS.cursor, OPTIONS)).toThrow('line 3, column 23: value expected')
  })

  test.each(['{', '{ "a": 1 } x', '[1', '{ "a" 1 }', '{ a: 1 }', "{ 'a': 1 }", '\0'])(
    'refused: %j',
    (text) => {
      expect(() => rewrite(text, TOOLS.cursor, OPTIONS)).toThrow(ConfigUnparsable)
    },
  )

  test('broken TOML is refused with its place', () => {
    expect(() => rewrite('[mcp_servers.a]\ncommand = "x" y\n', TOOLS.codex, OPTIONS)).toThrow(
      /^line 2, column 1\d: /,
    )
    expect(() => rewrite('a = 1\na = 2\n', TOOLS.codex, OPTIONS)).toThrow(ConfigUnparsable)
  })

  test('a key that is there twice is refused: which one the tool reads is not certain', () => {
    const twice = '{\n "mcpServers": {},\n "mcpServers": { "a": { "command": "x" } } }'
    expect(() => rewrite(twice, TOOLS.cursor, OPTIONS)).toThrow(ConfigAmbiguous)
    expect(() => rewrite(twice, TOOLS.cursor, OPTIONS)).toThrow('line 3, column 2')
    expect(() =>
      rewrite('{"mcpServers":{"a":{"command":"x","comm\\u0061nd":"y"}}}', TOOLS.cursor, OPTIONS),
    ).toThrow(ConfigAmbiguous)
  })

  test('what is not of the shape is refused', () => {
    expect(() => rewrite('[]', TOOLS.cursor, OPTIONS)).toThrow(ConfigShapeUnknown)
    expect(() => rewrite('{"mcpServers": []}', TOOLS.cursor, OPTIONS)).toThrow(ConfigShapeUnknown)
  })

  test('nesting that no tool writes is refused, not a crash', () => {
    expect(() => rewrite('{"a":'.repeat(200_000), TOOLS.cursor, OPTIONS)).toThrow(ConfigUnparsable)
  })

  test('no message has a value of the file in it', () => {
    const secret = ['made', 'up', 'secret'].join('-')
    const run = () => rewrite(`{"mcpServers":{"a":{"env":{"K":"${secret}"},}`, TOOLS.cursor, OPTIONS)
    expect(run).toThrow(ConfigUnparsable)
    expect(run).not.toThrow(secret)
  })
})

describe('servers that are commands', () => {
  test('secrets in their environment stay where they are, and are named for the server', () => {
    const variables = { API_KEY: 'made-up' }
    expect(only(server({ command: 'npx', args: ['x'], env: variables })).entry).toEqual({
      command: 'sallyport',
      args: ['mcp', '--env', 'API_KEY', '--name', 'one', '--', 'npx', 'x'],
      env: variables,
    })
  })

  test('arguments that look like ours are the server’s own', () => {
    const { entry } = only(server({ command: 'node', args: ['--', 'sallyport', 'mcp', '--name', 'x'] }))
    expect(valueAt(entry, ['args'])).toEqual([
      ...['mcp', '--name', 'one', '--', 'node'],
      ...['--', 'sallyport', 'mcp', '--name', 'x'],
    ])
  })

  test.each([
    [['sallyport', 'mcp', '--name', 'one', '--', 'npx', 'x']],
    [['/opt/bin/sallyport', 'mcp', '--', 'npx']],
    [['cmd', '/c', 'sallyport', 'mcp', '--name', 'one', '--', 'npx']],
    [['C:\\npm\\sallyport.cmd', 'mcp', '--name', 'one', '--', 'npx']],
    [['npx', 'sallyport', 'mcp', '--name', 'one', '--', 'npx']],
  ])('%j passes already', ([command, ...args]) => {
    expect(outcomes(server({ command, args }))).toMatchObject({ one: { kind: 'already' } })
  })

  test.each([[['./sallyport', 'mcp', '--', 'npx']], [['npx', 'sallyport', 'mcp', '--', 'npx']]])(
    '%j in a project’s file may be a program of the project: it is wrapped',
    ([command, ...args]) => {
      const found = outcomes(server({ command, args }), TOOLS.cursor, { scope: 'project' })
      expect(found).toMatchObject({ one: { kind: 'rewritten' } })
    },
  )

  test('on Windows the command is reached through the shell', () => {
    const { entry } = only(server({ command: 'npx' }), TOOLS.cursor, { launcher: ['cmd', '/c', 'sallyport'] })
    expect(entry).toEqual({ command: 'cmd', args: ['/c', 'sallyport', 'mcp', '--name', 'one', '--', 'npx'] })
  })

  test('two entries whose names become the same get names of their own, the same on every run', () => {
    const text = JSON.stringify({ mcpServers: { Files: { command: 'a' }, files: { command: 'b' } } })
    const first = rewrite(text, TOOLS.cursor, OPTIONS)
    const names = first.changes.map(({ outcome }) => outcome.kind === 'rewritten' && outcome.as)
    expect(new Set(names).size).toBe(2)
    expect(rewrite(text, TOOLS.cursor, OPTIONS)).toEqual(first)
  })

  test('an entry added later does not get the name of one that was rewritten', () => {
    const done = { command: 'sallyport', args: ['mcp', '--name', 'files', '--', 'a'] }
    const text = JSON.stringify({ mcpServers: { Files: done, files: { command: 'b' } } })
    expect(outcomes(text)['files']).toMatchObject({
      kind: 'rewritten',
      as: expect.stringMatching(/^files-[0-9a-f]{6}$/),
    })
  })

  test.each([
    ['no text as its command', { command: 7 }],
    ['no list as its args', { command: 'x', args: 'y' }],
    ['something else among its args', { command: 'x', args: ['y', 1] }],
    ['a command and an address', { command: 'x', url: 'https://x.example.com/mcp' }],
    ['neither', {}],
    ['no table', 'npx'],
  ])('%s: left, and said so', (_, entry) => {
    const text = server(entry)
    expect(outcomes(text)).toMatchObject({ one: { kind: 'left' } })
    expect(rewrite(text, TOOLS.cursor, OPTIONS).text).toBe(text)
  })

  test('a server called __proto__ is a server', () => {
    const text = '{"mcpServers":{"__proto__":{"command":"npx"}}}'
    expect(rewrite(text, TOOLS.cursor, OPTIONS).text).toContain('"--name", "proto", "--", "npx"')
  })
})

describe('servers at an address', () => {
  const address = 'https://one.example.com/mcp'

  const OWN = { 'Sallyport-Gateway': OPTIONS.gatewayToken }

  test.each([
    ['a variable', { authorization: `Bearer ${env('ONE_TOKEN')}` }, []],
    ['a literal token', { Authorization: 'Bearer made-up' }, []],
    ['an input', { Authorization: `Bearer ${braced('input:one')}` }, []],
    ['another scheme', { Authorization: 'Basic bWFkZTp1cA==' }, ['authorization']],
    ['no scheme', { Authorization: env('ONE_KEY') }, ['authorization']],
    ['a header of its own', { 'X-Api-Key': 'made-up' }, ['x-api-key']],
    ['a cookie', { Cookie: 'session=made-up' }, ['cookie']],
    [
      'several',
      { 'X-Team': 'a', Authorization: `Bearer ${env('ONE_TOKEN')}`, 'X-Api-Key': 'b' },
      ['x-api-key', 'x-team'],
    ],
    [
      'what every client says',
      { Accept: 'application/json', 'User-Agent': 'x', 'X-Api-Key': 'b' },
      ['x-api-key'],
    ],
  ])('%s stays in the entry and passes to the server', (_, headers, passed) => {
    const { change, entry } = only(remote(address, { headers }))
    expect(change.upstream).toEqual({
      name: 'one',
      url: address,
      tokenEnv: null,
      passes: true,
      headers: passed,
    })
    expect(entry).toEqual({ url: 'http://127.0.0.1:8080/mcp/one', headers: { ...OWN, ...headers } })
  })

  test('nothing that is shown has a secret in it', () => {
    const secret = ['made', 'up', 'token'].join('-')
    const headers = { Authorization: `Bearer ${secret}`, 'X-Api-Key': secret }
    const { change } = only(remote(address, { headers }))
    expect(JSON.stringify(change)).not.toContain(secret)
  })

  test('a project’s file names the variable of the gateway’s token, and never the token', () => {
    const { entry } = only(remote(address, { headers: { 'X-Api-Key': 'b' } }), TOOLS.cursor, {
      scope: 'project',
    })
    expect(entry).toMatchObject({
      headers: { 'Sallyport-Gateway': env('SALLYPORT_GATEWAY_TOKEN'), 'X-Api-Key': 'b' },
    })
  })

  test('a user’s own file names the variable where that is wanted', () => {
    const { entry } = only(remote(address), TOOLS.cursor, { prefersVariable: true, tokenVariable: 'MINE' })
    expect(entry).toMatchObject({ headers: { 'Sallyport-Gateway': env('MINE') } })
  })

  test.each([
    ['two Authorization headers', { Authorization: 'Bearer a', authorization: 'Bearer b' }],
    ['headers that are not a table', 'Authorization: Bearer a'],
    ['a header that is Sallyport’s', { 'Sallyport-Relayed': 'x' }],
    ['a name that is not one', { 'X Api Key': 'x' }],
  ])('%s: left, and said so', (_, headers) => {
    const text = remote(address, { headers })
    expect(outcomes(text)).toMatchObject({ one: { kind: 'left' } })
    expect(rewrite(text, TOOLS.cursor, OPTIONS).text).toBe(text)
  })

  test('an upstream that was registered for fewer headers is not used for more', () => {
    const upstreams = [{ name: 'one', url: address, tokenEnv: null, passes: true, headers: ['x-team'] }]
    const headers = { 'X-Team': 'a', 'X-Api-Key': 'b' }
    const { change } = only(remote(address, { headers }), TOOLS.cursor, { upstreams })
    expect(change.upstream).toMatchObject({
      name: expect.stringMatching(/^one-/),
      headers: ['x-api-key', 'x-team'],
    })
    const fewer = only(remote(address, { headers: { 'X-Team': 'a' } }), TOOLS.cursor, { upstreams })
    expect(fewer.change.upstream).toEqual(upstreams[0])
  })

  test('a server whose credential somebody gave to the proxy gets that one', () => {
    const upstreams = [{ name: 'one', url: address, tokenEnv: 'ONE_TOKEN', passes: false, headers: [] }]
    const headers = { Authorization: 'Bearer made-up', 'X-Team': 'a' }
    const { change, entry } = only(remote(address, { headers }), TOOLS.cursor, { upstreams })
    expect(entry).toMatchObject({ headers: { Authorization: `Bearer ${OPTIONS.gatewayToken}` } })
    expect(change.notes.join()).toContain('x-team is not passed on')
  })

  test.each([
    'https://user:made-up@one.example.com/mcp',
    'https://one.example.com/mcp?api_key=x',
    'https://one.example.com/mcp?v=a1b2c3d4e5f6a7b8c9d0e1f2',
    'https://one.example.com/a1b2c3d4e5f6a7b8c9d0e1f2/sse',
    `https://${env('HOST')}/mcp`,
    'https://$HOST/mcp',
    'unix:///tmp/one.sock',
    'one',
  ])('%s would put a secret in the record or cannot be reached: left', (url) => {
    expect(outcomes(remote(url))).toMatchObject({ one: { kind: 'left', register: true } })
  })

  test('what somebody registered by hand is used', () => {
    const url = 'https://one.example.com/mcp?api_key=x'
    const upstreams = [{ name: 'mine', url, tokenEnv: null, passes: false, headers: [] }]
    const { change } = only(remote(url), TOOLS.cursor, { upstreams })
    expect(change).toMatchObject({ outcome: { kind: 'rewritten', as: 'mine' }, upstream: upstreams[0] })
  })

  test('a server without a credential may want a login, which stays between the tool and the server', () => {
    const { change, entry } = only(remote(address))
    expect(change.upstream).toEqual({ name: 'one', url: address, tokenEnv: null, passes: true, headers: [] })
    expect(entry).toMatchObject({ headers: OWN })
    const text = `[mcp_servers.one]\nurl = "${address}"\n`
    expect(rewrite(text, TOOLS.codex, OPTIONS).text).toBe(
      `[mcp_servers.one]\nhttp_headers = { Sallyport-Gateway = "${OPTIONS.gatewayToken}" }\nurl = "http://127.0.0.1:8080/mcp/one"\n`,
    )
    expect(rewrite(text, TOOLS.codex, { ...OPTIONS, scope: 'project' }).text).toBe(
      '[mcp_servers.one]\nenv_http_headers = { Sallyport-Gateway = "SALLYPORT_GATEWAY_TOKEN" }\nurl = "http://127.0.0.1:8080/mcp/one"\n',
    )
  })

  test('a server that was registered without a credential gets none, and the token is in Authorization', () => {
    const upstreams = [{ name: 'one', url: address, tokenEnv: null, passes: false, headers: [] }]
    const { entry } = only(remote(address), TOOLS.cursor, { upstreams })
    expect(entry).toMatchObject({
      headers: { Authorization: `Bearer ${OPTIONS.gatewayToken}` },
    })
  })

  test('a second tool with the same server uses the same upstream', () => {
    const upstreams = [{ name: 'one', url: address, tokenEnv: 'ONE_TOKEN', passes: false, headers: [] }]
    const { change } = only(
      remote(address, { headers: { Authorization: `Bearer ${env('ONE_TOKEN')}` } }),
      TOOLS.cursor,
      {
        upstreams,
      },
    )
    expect(change.upstream).toEqual(upstreams[0])
  })

  test('the same address with another variable is not the account of the proxy’s', () => {
    const upstreams = [{ name: 'one', url: address, tokenEnv: 'ONE_TOKEN', passes: false, headers: [] }]
    const headers = { Authorization: `Bearer ${env('TWO_TOKEN')}` }
    const { change } = only(remote(address, { headers }), TOOLS.cursor, { upstreams })
    expect(change.upstream).toMatchObject({ name: expect.stringMatching(/^one-/), passes: true })
  })

  test('a name that stands for another server is not taken', () => {
    const upstreams = [
      { name: 'one', url: 'https://other.example.com/mcp', tokenEnv: null, passes: false, headers: [] },
    ]
    const { change } = only(remote(address), TOOLS.cursor, { upstreams })
    expect(change.upstream?.name).toMatch(/^one-[0-9a-f]{6}$/)
  })

  test('a tool that reads no variables gets an existing token, in the user’s file only', () => {
    expect(outcomes(remote(address), TOOLS.jetbrains)).toMatchObject({ one: { kind: 'rewritten' } })
    expect(outcomes(remote(address), TOOLS.jetbrains, { scope: 'project' })).toMatchObject({
      one: { kind: 'left' },
    })
    const { gatewayToken: _, ...none } = OPTIONS
    const text = remote(address)
    expect(rewrite(text, TOOLS.jetbrains, none).text).toBe(text)
  })

  test('VS Code is not asked to ask twice', () => {
    const { tool, options, after } = sampleOf('vscode')
    const more = after.replace(
      '"plain": {',
      '"more": { "url": "https://more.example.com/mcp" },\n\t\t"plain": {',
    )
    const inputs = valueAt(readConfig(rewrite(more, tool, options).text, 'json'), ['inputs']) as Value[]
    expect(inputs.length).toBe(2)
  })

  test('VS Code gets a list of inputs where it had none', () => {
    const text = '{\n  "servers": {\n    "one": { "url": "https://one.example.com/mcp" }\n  }\n}'
    expect(rewrite(text, TOOLS.vscode, { ...OPTIONS, scope: 'project' }).text).toMatch(
      /^\{\n {2}"inputs": \[\{ .* \}\],\n {2}"servers": \{\n/,
    )
  })

  test('what Codex presents stays in its tables', () => {
    const text = `[mcp_servers.one]\nurl = "${address}"\n[mcp_servers.one.http_headers]\nAuthorization = "Bearer x" # old\n`
    expect(rewrite(text, TOOLS.codex, OPTIONS).text).toBe(
      `[mcp_servers.one]\nurl = "http://127.0.0.1:8080/mcp/one"\n[mcp_servers.one.http_headers]\nSallyport-Gateway = "${OPTIONS.gatewayToken}"\nAuthorization = "Bearer x" # old\n`,
    )
  })

  test('a variable of Codex gives way to the gateway’s token where the proxy has the credential', () => {
    const upstreams = [{ name: 'one', url: address, tokenEnv: 'ONE', passes: false, headers: [] }]
    const text = `[mcp_servers.one]\nurl = "${address}"\nbearer_token_env_var = "ONE"\n`
    expect(rewrite(text, TOOLS.codex, { ...OPTIONS, upstreams }).text).toBe(
      `[mcp_servers.one]\nhttp_headers = { Authorization = "Bearer ${OPTIONS.gatewayToken}" }\nurl = "http://127.0.0.1:8080/mcp/one"\n`,
    )
  })
})
