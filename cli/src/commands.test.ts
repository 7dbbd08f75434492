import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { EXIT } from './errors.ts'
import { createProgram } from './program.ts'
import { shownTime } from './shown-time.ts'

const NOON = shownTime('2026-11-28T12:00:00.000Z')
const AP_1 = '0198c0de-0000-7000-8000-000000000001'
const ACT_1 = '0198c0de-0000-7000-8000-0000000000a1'

const answers: Record<string, unknown> = {}
/** The pages of a list, one after the other, by path. */
const pages: Record<string, { readonly items: readonly unknown[]; readonly next: string | null }[]> = {}
/** Answered instead of anything else, as it stands. */
let plain: string | undefined
/** Answered instead of anything else. */
let problem: { readonly status: number; readonly code: string; readonly detail: string } | undefined
const asked: IncomingMessage[] = []
/** The bodies of the writes. */
const sent: unknown[] = []
const server = createServer(async (request, response) => {
  asked.push(request)
  const body = await text(request)
  if (body !== '') sent.push(JSON.parse(body))
  const path = new URL(request.url ?? '', 'http://api').pathname
  response.setHeader('content-type', 'application/json')
  if (problem !== undefined) response.statusCode = problem.status
  const page = pages[path]?.find((_, index, all) => isAsked(request, all[index - 1]?.next ?? null))
  response.end(
    plain ??
      JSON.stringify(problem ?? page ?? answers[`${request.method} ${path}`] ?? { items: [], next: null }),
  )
})

function isAsked(request: IncomingMessage, cursor: string | null): boolean {
  return new URL(request.url ?? '', 'http://api').searchParams.get('cursor') === cursor
}
let stdout = ''
let stderr = ''

beforeEach(async () => {
  asked.length = 0
  sent.length = 0
  for (const key of Object.keys(answers)) delete answers[key]
  for (const key of Object.keys(pages)) delete pages[key]
  plain = problem = undefined
  stdout = stderr = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text)
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text)
    return true
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
})

afterEach(async () => {
  vi.restoreAllMocks()
  process.exitCode = undefined
  await new Promise((done) => server.close(done))
})

async function sallyport(...words: readonly string[]): Promise<void> {
  const { port } = server.address() as AddressInfo
  const where = ['--url', `http://127.0.0.1:${port}`, '--token', 'made-up-token']
  await createProgram().parseAsync(['node', 'sallyport', ...words, ...where])
}

const LISTED = [
  'gateway',
  'upstream',
  'connector',
  'permissions',
  'approvals',
  'person',
  'bot',
  'group',
  'token',
]

describe('lists', () => {
  test.each(LISTED)(
    'of %s ask for a page and nothing else: no flag of the command, no token in an address',
    async (name) => {
      await sallyport(name, 'list', '--json', '--limit', '2')
      expect(asked.map(({ url }) => url)).toEqual([expect.stringMatching(/^\/v1\/[a-z]+\?limit=2$/)])
      expect(asked[0]?.headers.authorization).toBe('Bearer made-up-token')
      expect(JSON.parse(stdout)).toEqual({ items: [], next: null })
    },
  )

  test('with more to come say how to get it, beside the list', async () => {
    answers['GET /v1/tokens'] = { items: [], next: 'abc' }
    await sallyport('token', 'list')
    expect(stderr).toBe('there is more: --all, or --cursor abc\n')
    expect(stdout).not.toContain('abc')
  })
})

describe('everything of a list', () => {
  const thing = (id: string) => ({
    id,
    gateway: 'a',
    status: 'pending',
    credential: null,
    target: { kind: 'http', url: 'http://a' },
    ...{ roles: [], groups: [], ownerOf: [], identity: null, members: [], answerers: [], permissions: 0 },
    ...{ gateways: null, risk: null, perMinute: null, stages: null },
  })
  test.each(LISTED)('of %s is one list over all its pages', async (name) => {
    const path = name === 'permissions' || name === 'approvals' ? name : `${name}s`
    pages[`/v1/${path}`] = [
      { items: [thing('1')], next: 'c1' },
      { items: [thing('2')], next: null },
    ]
    await sallyport(name, 'list', '--all', '--json')
    expect(JSON.parse(stdout)).toEqual({ items: [thing('1'), thing('2')], next: null })
  })
})

describe('approvals', () => {
  test.each([
    [{ status: 'pending' }, `waits until ${shownTime('2026-11-21T12:15:00.000Z')}`],
    [{ status: 'denied', answeredBy: 'omar', answerReason: 'no' }, 'by omar (no)'],
    [{ status: 'consumed', answeredBy: 'dana', endedAt: 'T1' }, 'approved by dana, used T1'],
    [{ status: 'lapsed', answeredBy: 'dana' }, 'approved by dana, not used in time'],
    [{ status: 'expired' }, 'unanswered'],
    [{ status: 'cancelled', cancellation: { actor: { name: 'proxy' }, reason: 'gone' } }, 'by proxy (gone)'],
  ])('are listed with how they ended: %j', async (change, outcome) => {
    const approval = {
      approvalId: AP_1,
      gateway: 'code-agent',
      upstream: 'files',
      action: 'mcp.tools.x',
      risk: 'low',
      expiresAt: '2026-11-21T12:15:00.000Z',
      answeredBy: null,
      answerReason: null,
      ...change,
    }
    answers['GET /v1/approvals'] = { items: [approval], next: null }
    await sallyport('approvals', 'list', '--status', 'all')
    expect(stdout.split('\n')[1]?.endsWith(outcome)).toBe(true)
  })
})

describe('a held call that is edited', () => {
  const digest = '3f9a1c20'.repeat(8)
  const held = {
    approvalId: AP_1,
    callDigest: 'a'.repeat(64),
    digest,
    status: 'pending',
    gateway: 'code-agent',
    upstream: 'bank',
    action: 'mcp.tools.pay',
    risk: 'high',
    rule: 'permission mcp.tools.pay',
    reasons: [],
    requestedAt: '2026-11-21T12:00:00.000Z',
    expiresAt: '2026-11-21T12:15:00.000Z',
    answeredBy: null,
    arguments: { amount: 1000, list: ['x'] },
    edit: {
      by: 'omar',
      at: '2026-11-28T12:00:00.000Z',
      reason: 'less',
      changes: [{ place: '/amount', from: '1000', to: '100' }],
    },
  }
  beforeEach(() => {
    answers[`GET /v1/approvals/${AP_1}`] = held
    answers[`POST /v1/approvals/${AP_1}/edit`] = held
    answers[`POST /v1/approvals/${AP_1}/approve`] = { ...held, status: 'approved', answeredBy: 'dana' }
  })

  test('gets what is set and loses what is removed, about what was read', async () => {
    await sallyport(
      ...['approvals', 'edit', AP_1, '--set', '/amount=100', '--set', '/list/0="y"', '--set', '/note="a=b"'],
      ...['--remove', '/list/1', '--reason', 'less'],
    )
    expect(sent).toEqual([
      {
        patch: [
          { op: 'replace', path: '/amount', value: 100 },
          { op: 'replace', path: '/list/0', value: 'y' },
          { op: 'add', path: '/note', value: 'a=b' },
          { op: 'remove', path: '/list/1' },
        ],
        digest,
        reason: 'less',
      },
    ])
    expect(stdout).toContain('  /amount from "1000" to "100"')
  })

  test('is shown with who has changed what, and approved by its digest', async () => {
    await sallyport('approvals', 'show', AP_1)
    expect(stdout).toContain(`edited       by omar at ${NOON}: less`)
    expect(stdout).toContain('3f9a1c20: answer it with --digest 3f9a1c20')
    await sallyport('approvals', 'approve', AP_1, '--digest', '3f9a1c20')
    expect(sent).toEqual([{ digest }])
  })

  test('is not approved by the digest of another one, and not edited by what is no path and JSON', async () => {
    for (const digits of ['3f9a', 'ffffffff'])
      await sallyport('approvals', 'approve', AP_1, '--digest', digits)
    await sallyport('approvals', 'edit', AP_1, '--set', 'amount')
    await sallyport('approvals', 'edit', AP_1, '--set', '/amount=1OO')
    await sallyport('approvals', 'edit', AP_1)
    expect(sent).toEqual([])
  })
})

test('two held calls of one action are told apart in the list, and in the line of a change', async () => {
  const held = (approvalId: string, upstream: string, path: string) => ({
    approvalId,
    callDigest: 'a'.repeat(64),
    status: 'pending',
    gateway: 'code-agent',
    upstream,
    action: 'mcp.tools.write_file',
    risk: 'high',
    expiresAt: 'T1',
    answeredBy: null,
    arguments: { path, token: '[redacted:token, 20 characters]' },
  })
  const [first, second] = [held(AP_1, 'files', '/tmp/a'), held('ap-2', 'backup', '/tmp/b\u202e')]
  answers['GET /v1/approvals'] = { items: [first, second], next: null }
  await sallyport('approvals', 'list')
  const masked = '"token":"[redacted:token, 20 characters]"} #aaaaaaaa'
  const lines = stdout.split('\n')
  expect(lines[0]).toMatch(/^ID +STATUS +GATEWAY +UPSTREAM +ACTION +RISK +ARGUMENTS +OUTCOME$/)
  expect(lines[1]).toContain('files     mcp.tools.write_file')
  expect(lines[1]).toContain(`{"path":"/tmp/a",${masked}`)
  expect(lines[2]).toContain('backup    mcp.tools.write_file')
  expect(lines[2]).toContain('{"path":"/tmp/b\\u202e",')
  stdout = ''
  answers[`POST /v1/approvals/${AP_1}/deny`] = { ...first, status: 'denied', answeredBy: 'dana' }
  await sallyport('approvals', 'deny', AP_1)
  expect(stdout).toBe(
    `${AP_1} | code-agent | files | mcp.tools.write_file | denied by dana | {"path":"/tmp/a",${masked}\n`,
  )
})

describe('an approval that was used', () => {
  const used = { approvalId: AP_1, gateway: 'code-agent', status: 'consumed', answeredBy: 'dana' }

  test.each(['used', 'consumed'])('is listed with --status %s', async (word) => {
    await sallyport('approvals', 'list', '--status', word)
    expect(asked.map(({ url }) => url)).toEqual(['/v1/approvals?status=consumed'])
  })

  test('is called used wherever a person reads of it, and consumed in JSON', async () => {
    const whole = { ...used, action: 'mcp.tools.x', upstream: 'files', risk: 'low', rule: 'r' }
    const approval = { ...whole, requestedAt: 'T0', expiresAt: 'T2', endedAt: 'T1', arguments: {} }
    answers['GET /v1/approvals'] = { items: [approval], next: null }
    answers[`GET /v1/approvals/${AP_1}`] = approval
    await sallyport('approvals', 'list', '--status', 'all')
    await sallyport('approvals', 'show', AP_1)
    expect(stdout).toMatch(/0001 +used +code-agent/)
    expect(stdout).toMatch(/^status +used$/m)
    expect(stdout).not.toContain('consumed')
    stdout = ''
    await sallyport('approvals', 'show', AP_1, '--json')
    expect(JSON.parse(stdout)).toMatchObject({ status: 'consumed' })
  })
})

describe('names of gateways that nobody has', () => {
  const set = ['permissions', 'set', '--gateway', 'code-agnet', '--action', 'mcp.*', '--decision', 'deny']
  const permission = { gateway: 'code-agnet', upstream: null, connector: '*', action: '*', decision: 'deny' }

  test('are remarked on where a permission names them, those of revoked ones too', async () => {
    answers['PUT /v1/permissions'] = permission
    await sallyport(...set)
    expect(stderr).toContain('there is no gateway code-agnet')
    stderr = ''
    answers['GET /v1/gateways'] = { items: [{ name: 'code-agnet', revokedAt: '2026-01-01' }], next: null }
    await sallyport(...set)
    expect(stderr).toContain('there is no gateway code-agnet')
    stderr = ''
    answers['GET /v1/gateways'] = { items: [{ name: 'code-agnet', revokedAt: null }], next: null }
    await sallyport(...set)
    expect(stderr).toBe('')
  })
})

describe('an id that is none', () => {
  test.each([
    ['approvals', 'show', 'ap-1'],
    ['approvals', 'approve', AP_1.slice(0, -1)],
    ['approvals', 'deny', ''],
    ['approvals', 'reveal', 'a b'],
    ['log', 'show', `${ACT_1}/..`],
  ])('is told before anything is asked: %s %s %j', async (...words) => {
    await sallyport(...words)
    expect(stderr).toMatch(
      /is not an id, which is 36 characters long; sallyport (approvals list|log --wide) shows/,
    )
    expect(process.exitCode).toBe(EXIT.usage)
    expect(asked).toEqual([])
  })
})

describe('an address that is not the API', () => {
  test.each([
    ['SP_UPSTREAM_UNKNOWN', 'no upstream is registered under this name', 'is the proxy, which agents use'],
    ['SP_NOT_FOUND', 'there is nothing at this address', 'is not the API of Sallyport'],
  ])('is told for what it is: %s', async (code, detail, text) => {
    problem = { status: 404, code, detail }
    await sallyport('log')
    expect(stderr).toContain(text)
    expect(process.exitCode).toBe(EXIT.unreachable)
  })

  test('is told where it answers in no form of ours', async () => {
    plain = '<html>Welcome</html>'
    await sallyport('status')
    expect(stderr).toContain('is not the API of Sallyport')
    expect(stderr).not.toContain('Welcome')
    expect(process.exitCode).toBe(EXIT.unreachable)
  })
})

test('what the API remarks on a permission is told beside it', async () => {
  const note = 'no tool that files offers matches mcp.tools.reed_file; did you mean "mcp.tools.read_file"?'
  answers['PUT /v1/permissions'] = { gateway: '*', upstream: 'files', decision: 'deny', notes: [note] }
  const action = ['--gateway', '*', '--upstream', 'files', '--action', 'mcp.tools.reed_file']
  await sallyport('permissions', 'set', ...action, '--decision', 'deny')
  expect(stderr).toBe(`note: ${note}\n`)
  expect(stdout).toContain('deny')
  expect(process.exitCode).toBeUndefined()
})

describe('a test of the permissions', () => {
  test.each([
    ['nope', 'invalid symbol at character 1 of 4'],
    ['{"a":1,}', 'property name expected at character 8 of 8'],
    ['{"path":"x" "b"}', 'at character 13 of 16'],
    ['{"a":1', 'close brace expected at character 7 of 6'],
    ['', 'value expected at character 1 of 0'],
  ])('says at which place the arguments %j cease to be JSON', async (args, text) => {
    await sallyport('permissions', 'test', ...asking, '--args', args)
    expect(stderr).toContain('--args is not JSON: ')
    expect(stderr).toContain(text)
    expect(process.exitCode).toBe(EXIT.usage)
    expect(asked).toEqual([])
  })

  const ranked = (action: string, decision: string, id: string) => {
    return {
      id,
      gateway: 'code-agent',
      upstream: null,
      connector: 'mcp',
      action,
      decision,
      origin: 'explicit',
    }
  }
  const tested = {
    gateway: 'code-agent',
    upstream: 'files',
    action: 'mcp.tools.delete_branch',
    lessSpecific: [],
    risk: 'high',
    outcome: 'deny',
    by: 'permissions',
    rule: 'permission mcp.tools.delete_*',
    reasons: ['permission mcp.tools.delete_* (gateway code-agent, connector mcp) denies this action'],
    notes: ['no list of the tools of files has been seen yet'],
    permissions: [ranked('mcp.tools.delete_*', 'deny', 'p-1'), ranked('mcp.*', 'allow', 'p-2')],
  }
  const asking = ['--gateway', 'code-agent', '--upstream', 'files', '--action', 'mcp.tools.delete_branch']

  test('says what decides and why, and the runners-up in their order', async () => {
    answers['POST /v1/permissions/test'] = tested
    await sallyport('permissions', 'test', ...asking, '--args', '{"n":1234567890123456789}')
    expect(sent).toEqual([
      {
        gateway: 'code-agent',
        upstream: 'files',
        action: 'mcp.tools.delete_branch',
        arguments: '{"n":1234567890123456789}',
      },
    ])
    expect(stdout).toContain('deny: mcp.tools.delete_branch of code-agent on files')
    expect(stdout).toContain('decided by permissions: permission mcp.tools.delete_*')
    expect(stdout).toContain('note: no list of the tools')
    expect(stdout.indexOf('p-1')).toBeLessThan(stdout.indexOf('p-2'))
  })

  test('as JSON is what the API answers', async () => {
    answers['POST /v1/permissions/test'] = tested
    await sallyport('permissions', 'test', ...asking, '--json')
    expect(JSON.parse(stdout)).toEqual(tested)
  })
})

describe('the issuers of a gateway', () => {
  test('are set as they are given, and --none is none', async () => {
    answers['PUT /v1/gateways/ci/issuers'] = { name: 'ci', issuers: ['https://login.example'] }
    await sallyport('gateway', 'issuers', 'ci', 'https://login.example')
    expect(stdout).toContain('access tokens of https://login.example')
    await sallyport('gateway', 'issuers', 'ci', '--none')
    expect(sent).toEqual([{ issuers: ['https://login.example'] }, { issuers: [] }])
  })

  test('are not left to a guess', async () => {
    await sallyport('gateway', 'issuers', 'ci')
    expect(process.exitCode).toBe(EXIT.usage)
    expect(sent).toEqual([])
  })
})

describe('permissions', () => {
  test.each([
    [['--upstream', 'files'], { upstream: 'files' }],
    [['--connector', 'mcp'], { connector: 'mcp' }],
    [['--upstream', 'files', '--connector', 'mcp'], { upstream: 'files', connector: 'mcp' }],
    [[], {}],
  ])('are set with what is said of their reach and no more: %j', async (flags, reach) => {
    answers['PUT /v1/permissions'] = { upstream: null, connector: '*' }
    const action = ['--gateway', '*', '--action', 'mcp.*', '--decision', 'deny']
    await sallyport('permissions', 'set', ...action, ...flags)
    expect(sent).toEqual([{ gateway: '*', action: 'mcp.*', decision: 'deny', ...reach }])
  })

  test.each([
    [{ upstream: 'files', connector: 'mcp' }, 'deny mcp.* for code-agent on upstream files'],
    [{ upstream: null, connector: 'mcp' }, 'deny mcp.* for code-agent on every mcp upstream'],
    [{ upstream: null, connector: '*' }, 'deny mcp.* for code-agent on every upstream'],
  ])('say what they are for: %j', async (reach, text) => {
    answers['PUT /v1/permissions'] = { gateway: 'code-agent', action: 'mcp.*', decision: 'deny', ...reach }
    await sallyport('permissions', 'set', '--gateway', '*', '--action', 'mcp.*', '--decision', 'deny')
    expect(stdout).toBe(`${text}\n`)
  })
})

describe('an upstream', () => {
  const VIEW = {
    id: 'u-1',
    name: 'files',
    connector: 'mcp',
    path: '/mcp/files',
    target: { kind: 'http', url: 'http://127.0.0.1:3001/mcp' },
    credential: null,
    createdAt: '2026-11-28T12:00:00.000Z',
  }

  /** `upstream add` has another --url. */
  async function add(...words: readonly string[]): Promise<void> {
    const dashes = words.indexOf('--')
    const [flags, rest] = dashes === -1 ? [words, []] : [words.slice(0, dashes), words.slice(dashes)]
    answers['POST /v1/upstreams'] = VIEW
    answers['POST /v1/probes/files'] ??= { answers: true, summary: 'answers' }
    const { port } = server.address() as AddressInfo
    const where = ['--api-url', `http://127.0.0.1:${port}`, '--token', 'made-up-token']
    await createProgram().parseAsync(['node', 'sallyport', 'upstream', 'add', ...flags, ...where, ...rest])
  }

  test.each([
    [
      ['files', '--connector', 'mcp', '--url', 'http://127.0.0.1:3001/mcp'],
      { connector: 'mcp', target: VIEW.target },
    ],
    [
      ['files', '--connector', 'http', '--url', 'https://api.example', '--token-env', 'TOKEN'],
      {
        connector: 'http',
        target: { kind: 'http', url: 'https://api.example' },
        credential: { kind: 'env', variable: 'TOKEN' },
      },
    ],
    [
      ['files', '--stdio', '--env', 'A', '--', 'npx', '-y', 'server', '--url', 'x'],
      { target: { kind: 'stdio', command: ['npx', '-y', 'server', '--url', 'x'], env: ['A'], cwd: null } },
    ],
    [
      ['files', '--attached', '--', 'server', 'x'],
      { target: { kind: 'attached', command: ['server', 'x'] } },
    ],
  ])('is registered as %j says', async (words, body) => {
    await add(...words)
    expect(stderr).toBe('')
    expect(sent).toEqual([{ name: 'files', connector: 'mcp', credential: null, ...body }])
    expect(stdout).toMatch(/^added upstream files \(mcp\): agents reach it at \/mcp\/files on the proxy\n/)
  })

  test('that was added is asked what it is, and what was found is told', async () => {
    answers['POST /v1/probes/files'] = {
      answers: true,
      summary: 'answers as srv 1.0, MCP 2025-11-25: 3 tools',
    }
    await add('files', '--url', 'http://127.0.0.1:3001/mcp')
    expect(stdout.split('\n')[1]).toBe('files answers as srv 1.0, MCP 2025-11-25: 3 tools')
    expect(process.exitCode).toBeUndefined()
  })

  test('that does not answer stays registered, and the command says so and is no failure', async () => {
    answers['POST /v1/probes/files'] = {
      answers: false,
      summary: 'does not answer: the upstream cannot be reached',
      standardError: ['no such folder', 'a\u001b[2J'],
    }
    await add('files', '--url', 'http://127.0.0.1:3001/mcp')
    expect(stdout).toMatch(/^added upstream files .*\n$/)
    expect(stderr).toContain('files does not answer: the upstream cannot be reached; it stays registered')
    expect(stderr).toContain('\n  it said: no such folder\n  it said: a\\u001b[2J\n')
    stdout = ''
    expect(process.exitCode).toBeUndefined()
    await sallyport('upstream', 'probe', 'files')
    expect(stdout).toContain('reached\n  it said: no such folder\n  it said: a\\u001b[2J\n')
    expect(process.exitCode).toBe(EXIT.failed)
  })

  test('has the keys of _meta that are listed for it', async () => {
    await add('files', '--url', 'http://127.0.0.1:3001/mcp', '--meta', 'acme/tenant', '--meta', 'acme/case')
    expect(sent).toEqual([expect.objectContaining({ metaKeys: ['acme/tenant', 'acme/case'] })])
    answers['GET /v1/upstreams/files'] = {
      ...VIEW,
      metaKeys: ['acme/tenant', 'acme/case'],
      permissions: [],
      killSwitches: [],
      catalog: [],
    }
    stdout = ''
    await sallyport('upstream', 'show', 'files')
    expect(stdout).toContain('_meta keys  acme/tenant, acme/case\n')
  })

  test('is not asked where nobody wants that, or where only its agent could', async () => {
    await add('files', '--url', 'http://127.0.0.1:3001/mcp', '--no-probe')
    await add('files', '--attached', '--', 'server')
    expect(asked.map(({ url }) => url)).toEqual(['/v1/upstreams', '/v1/upstreams'])
  })

  test('that is a command is shown as a shell would be told', async () => {
    const target = { kind: 'stdio', command: ['node', '/srv/my server.js', "it's"], env: [], cwd: null }
    answers['GET /v1/upstreams'] = { items: [{ ...VIEW, target }], next: null }
    await sallyport('upstream', 'list')
    expect(stdout).toContain(`stdio: node '/srv/my server.js' 'it'\\''s'`)
  })

  test.each([
    [['files'], 'say where it is'],
    [['files', '--url', 'http://a', '--stdio', '--', 'server'], 'say where it is'],
    [['files', '--url', 'http://a', '--', 'server'], '--url takes no command'],
    [['files', '--stdio'], 'the command is missing'],
    [['files', '--url', 'http://a', '--env', 'A'], '--env and --cwd are for --stdio'],
  ])('that is said otherwise is wrong usage: %j', async (words, text) => {
    await add(...words)
    expect(stderr).toContain(text)
    expect(process.exitCode).toBe(EXIT.usage)
    expect(sent).toEqual([])
  })

  test('is shown with its permissions, with what stops it and with what it offers', async () => {
    answers['GET /v1/upstreams/files'] = {
      ...VIEW,
      permissions: [{ gateway: 'code-agent', action: 'mcp.*', decision: 'allow', id: 'p-1' }],
      killSwitches: [{ scope: 'upstream:files', since: '2026-11-28T12:00:00.000Z', by: 'dana' }],
      catalog: [{ kind: 'tool', offered: 3, differing: 1 }],
    }
    await sallyport('upstream', 'show', 'files')
    expect(stdout).toContain('path        /mcp/files on the proxy')
    expect(stdout).toContain('tools       3, 1 of them not as accepted')
    expect(stdout).toContain('stopped     upstream:files since')
    expect(stdout).toMatch(/code-agent +mcp\.\* +allow +p-1/)
    stdout = ''
    await sallyport('upstream', 'show', 'files', '--json')
    expect(JSON.parse(stdout)).toEqual(answers['GET /v1/upstreams/files'])
  })
})

describe('a kill switch', () => {
  const MCP = {
    scope: 'connector:mcp',
    on: true,
    reason: 'too\u001b[2J much',
    since: '2026-11-28T12:00:00.000Z',
    by: 'dana',
  }
  const off = { on: false, reason: null, since: null, by: null, changed: true, othersOn: [] }
  const onNow = { ...MCP, changed: true, othersOn: [] }

  test('that is on is seen before the parts, with since when, by whom and why', async () => {
    const status = { status: 'ok', killSwitches: [MCP], parts: { log: { status: 'ok' } } }
    answers['GET /v1/status'] = status
    await sallyport('status')
    const [first, second, third] = stdout.split('\n')
    expect(first).toMatch(/: ok$/)
    expect(second).toBe(`KILL SWITCH ON: connector:mcp since ${NOON} by dana (too\\u001b[2J much)`)
    expect(third).toMatch(/^PART/)
    expect(process.exitCode).toBeUndefined()
    stdout = ''
    await sallyport('status', '--json')
    expect(JSON.parse(stdout)).toEqual(status)
  })

  test('that is nowhere on is not spoken of', async () => {
    answers['GET /v1/status'] = { status: 'ok', killSwitches: [], parts: { log: { status: 'ok' } } }
    await sallyport('status')
    expect(stdout).not.toMatch(/kill/i)
  })

  test.each([
    ['on', { ...onNow, scope: 'global' }, 'kill switch on for global, the scope that stops everything'],
    ['on', onNow, 'kill switch on for connector:mcp'],
    [
      'on',
      { ...onNow, changed: false },
      `kill switch on for connector:mcp: it was on already, since ${NOON}`,
    ],
    ['off', { ...off, scope: 'global' }, 'kill switch off for global, the scope that stops everything'],
    ['off', { ...off, scope: 'gateway:a' }, 'kill switch off for gateway:a'],
    [
      'off',
      { ...off, scope: 'global', changed: false },
      'kill switch not on for global, the scope that stops everything: nothing was turned off',
    ],
    [
      'off',
      { ...off, scope: 'gateway:a', changed: false },
      'kill switch not on for gateway:a: nothing was turned off',
    ],
  ])('turned %s: %j', async (state, answer, text) => {
    answers['PUT /v1/kill-switch'] = answer
    await sallyport('kill', state, '--scope', answer.scope)
    expect(stdout).toBe(`${text}\n`)
    // What was to be turned off and is not on is no success.
    const vain = state === 'off' && !answer.changed
    expect(process.exitCode).toBe(vain ? EXIT.notFound : undefined)
  })

  test.each([true, false])('turned off leaves others on, which are named: it was on %s', async (changed) => {
    const answer = {
      ...off,
      scope: 'global',
      changed,
      othersOn: [MCP, { ...MCP, scope: 'upstream:b', reason: null }],
    }
    answers['PUT /v1/kill-switch'] = answer
    await sallyport('kill', 'off')
    expect(sent).toEqual([{ scope: 'global', on: false, reason: null }])
    expect(stdout).toContain(`\nstill on: connector:mcp since ${NOON} by dana (too\\u001b[2J much)\n`)
    expect(stdout).toContain(`\nstill on: upstream:b since ${NOON} by dana\n`)
    expect(stdout).toContain('sallyport kill off --scope connector:mcp turns it off\n')
    stdout = ''
    await sallyport('kill', 'off', '--json')
    expect(JSON.parse(stdout)).toEqual(answer)
  })
})

describe('a connector', () => {
  const VIEW = { kind: 'http', summary: 'an API', path: '/http/<name>/', targets: ['http'], upstreams: 1 }

  test('is shown with the actions that it names', async () => {
    const action = { name: 'http.get', asks: 'GET', lessSpecific: ['generic.get'], risk: 'low' }
    answers['GET /v1/connectors/http'] = { ...VIEW, actions: [action], builtin: [] }
    await sallyport('connector', 'show', 'http')
    expect(stdout).toMatch(/http\.get +low +generic\.get +GET/)
    expect(stdout).toContain('allowed without a permission: nothing')
  })

  test.each([
    [['--domains', 'api.example', '--token-env', 'TOKEN'], { http: 'https://api.example/' }],
    [['--domains', 'API.example', '--name', 'shop'], { shop: 'https://api.example/' }],
    [
      ['--domains', 'a.example,b.example:8443'],
      { 'http-a.example': 'https://a.example/', 'http-b.example-8443': 'https://b.example:8443/' },
    ],
    [
      ['--domains', 'a.example, b.example', '--name', 'shop'],
      { 'shop-a.example': 'https://a.example/', 'shop-b.example': 'https://b.example/' },
    ],
  ])('is added for domains as upstreams, one for each: %j', async (words, expected) => {
    answers['GET /v1/connectors/http'] = { ...VIEW, address: 'https://<domain>/' }
    answers['POST /v1/upstreams'] = {
      name: 'x',
      connector: 'http',
      path: '/http/x/',
      target: { kind: 'http' },
    }
    await sallyport('connector', 'add', 'http', ...words)
    const credential = words.includes('--token-env') ? { kind: 'env', variable: 'TOKEN' } : null
    expect(sent).toEqual(
      Object.entries(expected).map(([name, url]) => ({
        connector: 'http',
        name,
        target: { kind: 'http', url },
        credential,
      })),
    )
    expect(stdout).toContain('agents reach it at /http/x/ on the proxy')
  })

  test.each([
    'https://api.example',
    '*.example',
    'a.example,',
    'a b',
    '',
    `${'a'.repeat(60)}.example,b.example`,
  ])('is not added for %j', async (domains) => {
    await sallyport('connector', 'add', 'http', '--domains', domains)
    expect(process.exitCode).toBe(EXIT.usage)
    expect(asked).toEqual([])
  })
})

test.each([
  ['upstream', 'list'],
  ['upstream', 'add', '--help'],
])('a reader that has enough ends %s %s without a failure', async (...words) => {
  const entry = fileURLToPath(new URL('main.ts', import.meta.url))
  const { port } = server.address() as AddressInfo
  const where = words.includes('--help')
    ? []
    : ['--url', `http://127.0.0.1:${port}`, '--token', 'made-up-token']
  const child = spawn(process.execPath, [entry, ...words, ...where])
  child.stdout.destroy()
  const complaints = text(child.stderr)
  const [code] = await once(child, 'close')
  expect({ code, complaints: await complaints }).toEqual({ code: 0, complaints: '' })
})

test.runIf(process.platform === 'linux')(
  'words that standard error does not take change nothing about how a command ends',
  async () => {
    const entry = fileURLToPath(new URL('main.ts', import.meta.url))
    const full = openSync('/dev/full', 'w')
    const child = spawn(process.execPath, [entry, 'mcp', '--gateway', 'No Name', '--', 'server'], {
      stdio: ['ignore', 'ignore', full],
    })
    closeSync(full)
    expect(await once(child, 'close')).toEqual([EXIT.usage, null])
  },
)

describe('the log', () => {
  test('that follows does not take what asks for the past', async () => {
    await sallyport('log', '--follow', '--since', '2h')
    expect(process.exitCode).toBe(EXIT.usage)
    expect(stderr).toContain('--follow starts now')
    expect(asked).toEqual([])
  })

  test.each([[['--until', '1h']], [['--all']], [['--limit', '3']]])(
    'that follows does not take %j',
    async (words) => {
      await sallyport('log', '--follow', ...words)
      expect(process.exitCode).toBe(EXIT.usage)
      expect(asked).toEqual([])
    },
  )

  test('asks for what its flags say and nothing else', async () => {
    const flags = [
      '--kind',
      'admin',
      '--gateway',
      'a',
      '--upstream',
      'files',
      '--since',
      '2h',
      '--until',
      '1h',
    ]
    await sallyport('log', ...flags, '--wide')
    const query = new URL(asked[0]?.url ?? '', 'http://api').searchParams
    expect(Object.fromEntries(query)).toEqual({
      kind: 'admin',
      gateway: 'a',
      upstream: 'files',
      since: '2h',
      until: '1h',
    })
  })

  test('of everything goes from page to page, oldest first, and as JSON is one object', async () => {
    const act = (name: string) => ({
      kind: 'admin',
      eventId: name,
      at: '2026-11-21T14:32:01.000Z',
      by: { type: 'person', name: 'dana' },
      summary: name,
      reason: null,
      effect: 'done',
      rejection: null,
    })
    pages['/v1/timeline'] = [
      { items: [act('one'), act('two')], next: 'c1' },
      { items: [act('three')], next: null },
    ]
    await sallyport('log', '--all', '--kind', 'admin')
    expect(stdout.match(/ADMIN \| \w+/g)).toEqual(['ADMIN | one', 'ADMIN | two', 'ADMIN | three'])
    const [first, second] = asked.map(({ url }) => new URL(url ?? '', 'http://api').searchParams)
    expect(first?.get('order')).toBe('asc')
    expect(first?.get('until')).toBe(second?.get('until'))
    expect(second?.get('cursor')).toBe('c1')
    stdout = ''
    await sallyport('log', '--all', '--json')
    expect(JSON.parse(stdout)).toEqual({ items: [act('one'), act('two'), act('three')], next: null })
  })

  test('of everything, where there is nothing, is an empty list', async () => {
    await sallyport('log', '--all', '--json')
    expect(JSON.parse(stdout)).toEqual({ items: [], next: null })
    await sallyport('log', '--all', '--limit', '3')
    expect(process.exitCode).toBe(EXIT.usage)
  })

  test('of an unknown gateway is an error', async () => {
    problem = {
      status: 404,
      code: 'SP_GATEWAY_NOT_REGISTERED',
      detail: 'there is no gateway a; what exists: b',
    }
    await sallyport('log', '--gateway', 'a')
    expect(process.exitCode).toBe(EXIT.notFound)
    expect({ stdout, stderr }).toEqual({
      stdout: '',
      stderr: 'sallyport: there is no gateway a; what exists: b (SP_GATEWAY_NOT_REGISTERED)\n',
    })
  })

  test('shows one story', async () => {
    answers[`GET /v1/actions/${ACT_1}`] = {
      items: [
        {
          type: 'sallyport.action.aborted.v1',
          at: '2026-11-21T14:32:01.000Z',
          data: { stage: 'held', reason: 'gone' },
        },
      ],
      next: null,
    }
    await sallyport('log', 'show', ACT_1)
    expect(stdout).toContain('given up while held')
    stdout = ''
    await sallyport('log', 'show', ACT_1, '--json')
    expect(JSON.parse(stdout)).toEqual(answers[`GET /v1/actions/${ACT_1}`])
  })

  test('in which nothing matches says so', async () => {
    await sallyport('log', '--search', 'nothing')
    expect(stdout).toBe('nothing in the record matches\n')
  })
})

describe('people', () => {
  const dana = {
    id: 'p-1',
    name: 'dana',
    email: null,
    groups: ['sre', 'finance'],
    roles: ['approver'],
    identity: null,
    ownerOf: ['code-agent'],
    createdAt: '2026-11-28T12:00:00.000Z',
  }

  test('a person is added with what was said, and the token is printed once', async () => {
    answers['POST /v1/persons'] = { ...dana, token: 'sp_api_made-up' }
    await sallyport('person', 'add', 'dana', '--groups', 'sre, finance', '--owner-of', 'code-agent')
    expect(sent).toEqual([{ name: 'dana', groups: ['sre', 'finance'], ownerOf: ['code-agent'] }])
    expect(stdout).toBe(
      'added person dana: roles approver; groups sre, finance; owner of code-agent\n' +
        'token: sp_api_made-up\nIt is shown only now.\n',
    )
  })

  test('with --json the person and the token are one object', async () => {
    answers['POST /v1/persons'] = { ...dana, token: 'sp_api_made-up' }
    await sallyport('person', 'add', 'dana', '--json')
    expect(JSON.parse(stdout)).toEqual({ ...dana, token: 'sp_api_made-up' })
  })

  test('somebody who signs in has an identity, and may have no token', async () => {
    const identity = { issuer: 'https://login.example', subject: '42' }
    answers['POST /v1/persons'] = { ...dana, identity, token: null }
    const flags = ['--issuer', identity.issuer, '--subject', '42', '--no-print-token']
    await sallyport('person', 'add', 'dana', '--roles', 'viewer', ...flags)
    expect(sent).toEqual([{ name: 'dana', roles: ['viewer'], identity, token: false }])
    expect(stdout).toContain('signs in as 42 of https://login.example')
    expect(stdout).not.toContain('token')
  })

  test('only what is given is set', async () => {
    answers['PATCH /v1/persons/dana'] = dana
    await sallyport('person', 'set', 'dana', '--groups', '')
    await sallyport('person', 'set', 'dana', '--no-identity')
    expect(sent).toEqual([{ groups: [] }, { identity: null }])
  })

  test.each([
    [['person', 'set', 'dana']],
    [['person', 'add', 'dana', '--issuer', 'https://login.example']],
    [['bot', 'set', 'ci']],
    [['bot', 'add', 'ci', '--per-minute', 'often']],
    [['gateway', 'set-owner', 'code-agent']],
    [['gateway', 'set-owner', 'code-agent', 'dana', '--none']],
  ])('%j is wrong usage', async (words) => {
    await sallyport(...words)
    expect(process.exitCode).toBe(EXIT.usage)
    expect(asked).toEqual([])
  })

  test('a bot is added with its limits', async () => {
    const limits = {
      gateways: ['code-agent'],
      risk: 'low',
      perMinute: 5,
      stages: 'group:sre',
      advisory: true,
    }
    answers['POST /v1/bots'] = { id: 'b-1', name: 'ci', person: 'dana', ...limits, token: 'sp_api_made-up' }
    const flags = ['--gateways', 'code-agent', '--risk', 'low', '--per-minute', '5', '--stages', 'group:sre']
    await sallyport('bot', 'add', 'ci', '--person', 'dana', '--advisory', ...flags)
    expect(sent).toEqual([{ name: 'ci', person: 'dana', ...limits }])
    expect(stdout).toContain(
      'added bot ci: advice only; of code-agent; risk low at most; 5 a minute; for group:sre\ntoken: ',
    )
  })

  test('a limit is taken away with any', async () => {
    const none = { person: null, gateways: null, risk: null, perMinute: null, stages: null, advisory: false }
    answers['PATCH /v1/bots/ci'] = { id: 'b-1', name: 'ci', ...none }
    const any = ['--gateways', 'any', '--per-minute', 'any', '--stages', 'any', '--no-advisory']
    await sallyport('bot', 'set', 'ci', ...any)
    expect(sent).toEqual([{ gateways: null, perMinute: null, stages: null, advisory: false }])
    expect(stdout).toBe('set bot ci: no limits\n')
  })

  test('a gateway is given an owner, and nobody', async () => {
    answers['PUT /v1/gateways/code-agent/owner'] = { name: 'code-agent', owner: { id: 'p-1', name: 'dana' } }
    await sallyport('gateway', 'set-owner', 'code-agent', 'dana')
    await sallyport('gateway', 'set-owner', 'code-agent', '--none')
    expect(sent).toEqual([{ owner: 'dana' }, { owner: null }])
    expect(stdout).toContain('gateway code-agent is owned by dana\n')
  })

  test('the groups that permissions name and nobody can answer for are remarked on', async () => {
    answers['GET /v1/groups'] = {
      items: [
        { name: 'finance', members: ['dana'], answerers: ['dana'], permissions: 1 },
        { name: 'security', members: [], answerers: [], permissions: 2 },
        { name: 'idle', members: [], answerers: [], permissions: 0 },
      ],
      next: null,
    }
    await sallyport('group', 'list')
    expect(stdout).toMatch(/^security +nobody +2 *$/m)
    expect(stderr).toBe('note: permissions ask approvals of security, and nobody in it can answer\n')
  })

  test('the list says whose token is whose', async () => {
    const token = { createdAt: dana.createdAt, expiresAt: null, revokedAt: null }
    answers['GET /v1/tokens'] = {
      items: [
        { ...token, name: 'person:dana', scope: null, holder: { type: 'person', id: 'p-1' } },
        { ...token, name: 'old', scope: 'approver', holder: null },
      ],
      next: null,
    }
    await sallyport('token', 'list')
    expect(stdout).toMatch(/^person:dana +of a person /m)
    expect(stdout).toMatch(/^old +approver /m)
  })
})
