import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { EXIT } from './errors.ts'
import { createProgram } from './program.ts'

const answers: Record<string, unknown> = {}
const asked: IncomingMessage[] = []
const server = createServer((request, response) => {
  asked.push(request)
  const path = new URL(request.url ?? '', 'http://api').pathname
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(answers[`${request.method} ${path}`] ?? { items: [], next: null }))
})
let stdout = ''
let stderr = ''

beforeEach(async () => {
  asked.length = 0
  for (const key of Object.keys(answers)) delete answers[key]
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

describe('lists', () => {
  test.each(['gateway', 'connector', 'permissions', 'approvals', 'token'])(
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
    expect(stderr).toBe('there is more: --cursor abc\n')
    expect(stdout).not.toContain('abc')
  })
})

describe('names that nobody has', () => {
  const set = ['permissions', 'set', '--gateway', 'code-agnet', '--action', 'mcp.*', '--decision', 'deny']

  test('are remarked on where a permission or the kill switch names them', async () => {
    answers['PUT /v1/kill-switch'] = { scope: 'gateway:code-agnet', on: true }
    await sallyport('kill', 'on', '--scope', 'gateway:code-agnet')
    expect(stderr).toContain('there is no gateway code-agnet')
    stderr = ''
    answers['PUT /v1/permissions'] = {
      gateway: 'code-agnet',
      connector: 'mcp',
      action: '*',
      decision: 'deny',
    }
    await sallyport(...set, '--connector', 'mcp')
    expect(stderr).toContain('there is no gateway code-agnet')
    expect(stderr).not.toContain('connector')
  })

  test('are those of revoked gateways too', async () => {
    answers['PUT /v1/permissions'] = { gateway: 'code-agnet', connector: '*', action: '*', decision: 'deny' }
    answers['GET /v1/gateways'] = { items: [{ name: 'code-agnet', revokedAt: '2026-01-01' }], next: null }
    await sallyport(...set)
    expect(stderr).toContain('there is no gateway code-agnet')
    stderr = ''
    answers['GET /v1/gateways'] = { items: [{ name: 'code-agnet', revokedAt: null }], next: null }
    await sallyport(...set)
    expect(stderr).toBe('')
  })
})

describe('the log', () => {
  test('that follows does not take what asks for the past', async () => {
    await sallyport('log', '--follow', '--since', '2h')
    expect(process.exitCode).toBe(EXIT.usage)
    expect(stderr).toContain('--follow starts now')
    expect(asked).toEqual([])
  })

  test('in which nothing matches says so', async () => {
    await sallyport('log', '--search', 'nothing')
    expect(stdout).toBe('nothing in the record matches\n')
  })
})
