import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { EXIT } from '../errors.ts'
import { createProgram } from '../program.ts'

const READ = {
  upstream: 'files',
  kind: 'tool',
  key: 'read_file',
  status: 'changed',
  mode: 'hold',
  accepted: '1'.repeat(64),
  offered: '2'.repeat(64),
  since: '2026-11-21T12:00:00.000Z',
  refused: null,
  differences: [{ place: '/description', before: '"Reads"', after: '"Reads and sends"' }],
  complete: true,
}
const GONE = { ...READ, key: 'write_file', status: 'removed', offered: null, differences: [] }

const asked: { method: string; url: string; body: string }[] = []
let differing: readonly object[] = []
/** Answered instead of anything else. */
let problem: { readonly status: number; readonly code: string; readonly detail: string } | undefined
let stdout = ''
let stderr = ''
const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  asked.push({ method: request.method ?? '', url: request.url ?? '', body })
  response.setHeader('content-type', 'application/json')
  if (problem !== undefined) {
    response.statusCode = problem.status
    response.end(JSON.stringify(problem))
    return
  }
  response.end(request.method === 'GET' ? JSON.stringify({ items: differing, next: null }) : body || '{}')
})

beforeEach(async () => {
  asked.length = 0
  differing = [READ]
  problem = undefined
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

async function catalog(...words: readonly string[]): Promise<void> {
  const { port } = server.address() as AddressInfo
  const where = ['--url', `http://127.0.0.1:${port}`, '--token', 'made-up-token']
  await createProgram().parseAsync(['node', 'sallyport', 'catalog', ...words, ...where])
}
const written = () => asked.filter(({ method }) => method !== 'GET').map(({ body }) => JSON.parse(body))

describe('the difference', () => {
  test('is shown place by place, old and new', async () => {
    await catalog('diff', '--upstream', 'files', 'read_file')
    expect(asked[0]?.url).toContain('/v1/catalog/differences?upstream=files&key=read_file')
    expect(stdout).toContain('  /description\n  - "Reads"\n  + "Reads and sends"\n')
    expect(stdout).toContain(`fingerprint ${READ.offered}`)
  })

  test.each([
    ['moves the cursor', '\u001b[2K\r', '\\u001b[2K\\u000d'],
    ['turns the line around', 'a\u202eb', 'a\\u202eb'],
    ['takes no width', 'a\u200bb', 'a\\u200bb'],
    ['is a tag that only models read', 'a\u{e0041}', 'a\\u{e0041}'],
    ['selects a variation', 'a\ufe01\u{e0100}', 'a\\ufe01\\u{e0100}'],
    ['looks empty', 'a\u2800\u3164\u00a0', 'a\\u2800\\u3164\\u00a0'],
  ])('spells out what %s', async (_, text, shown) => {
    differing = [{ ...READ, key: text, differences: [{ place: `/${text}`, before: null, after: text }] }]
    await catalog('diff')
    expect(stdout).toContain(`+ ${shown}`)
    expect(stdout).toContain(`/${shown}`)
    expect(stdout).toContain(`tool ${shown} of`)
  })

  test('says when not all of it can be shown, and how much was cut', async () => {
    const after = JSON.stringify('x'.repeat(5000))
    differing = [{ ...READ, complete: false, differences: [{ place: '/a', before: null, after }] }]
    await catalog('diff')
    expect(stdout).toContain('they differ in more than is shown')
    expect(stdout).toContain('1002 more characters')
  })

  test('that does not exist is told', async () => {
    differing = []
    await catalog('diff')
    expect(stdout).toBe('nothing differs from what was accepted\n')
  })

  test('of one that is as it was accepted is told with its name', async () => {
    differing = []
    await catalog('diff', 'read_file')
    expect(stdout).toBe('read_file is as it was accepted\n')
  })

  test.each([
    ['diff', 'raed_file'],
    ['accept', 'raed_file', '--upstream', 'files'],
  ])('of what nobody offers is an error: %s %s', async (...words) => {
    problem = {
      status: 404,
      code: 'SP_CATALOG_ENTRY_UNKNOWN',
      detail: 'there is no tool raed_file; what exists: read_file',
    }
    await catalog(...words)
    expect(process.exitCode).toBe(EXIT.notFound)
    expect(stdout).toBe('')
    expect(stderr).toContain('what exists: read_file')
  })
})

describe('accepting', () => {
  test('takes the fingerprint that was looked at', async () => {
    await catalog('accept', '--upstream', 'files', 'read_file', '--fingerprint', '2222')
    expect(written()).toEqual([
      { upstream: 'files', entities: [{ kind: 'tool', key: 'read_file', fingerprint: READ.offered }] },
    ])
    expect(stdout).toContain('accepted 1')
  })

  test('is refused when the definition is another one by now', async () => {
    await catalog('accept', '--upstream', 'files', 'read_file', '--fingerprint', '3333')
    expect(written()).toEqual([])
    expect(process.exitCode).toBe(EXIT.usage)
  })

  test('accepts everything of one server, including what is gone', async () => {
    differing = [READ, GONE]
    await catalog('accept', '--upstream', 'files', '--all')
    expect(written()[0].entities).toEqual([
      { kind: 'tool', key: 'read_file', fingerprint: READ.offered },
      { kind: 'tool', key: 'write_file', fingerprint: null },
    ])
  })

  test.each([
    ['neither a name nor --all', ['--upstream', 'files']],
    ['both', ['--upstream', 'files', 'read_file', '--all']],
    ['no server', ['read_file']],
  ])('with %s is a usage error', async (_, words) => {
    await catalog('accept', ...words)
    expect(asked).toEqual([])
    expect(process.exitCode).toBe(EXIT.usage)
  })
})

describe('a mode', () => {
  test('is set for one tool, or for all that are in one state', async () => {
    await catalog('mode', 'block', 'read_file', '--upstream', 'files')
    await catalog('mode', 'default', '--upstream', 'files', '--kind', 'prompt', '--when', 'changed')
    expect(written()).toEqual([
      { upstream: 'files', kind: 'tool', key: 'read_file', status: null, mode: 'block' },
      { upstream: 'files', kind: 'prompt', key: null, status: 'changed', mode: null },
    ])
    expect(stderr).toBe('')
  })

  test('that names nothing is a usage error', async () => {
    await catalog('mode', 'block', '--upstream', 'files')
    expect(process.exitCode).toBe(EXIT.usage)
  })
})

test('without a word more, the catalog is listed', async () => {
  await catalog()
  expect(asked[0]?.url).toMatch(/^\/v1\/catalog(\?|$)/)
  expect(stdout).toMatch(/files +tool +read_file +changed +hold +222222222222/)
})
