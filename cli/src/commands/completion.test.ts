import { execFile, execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))

function sallyport(...words: readonly string[]): string {
  return execFileSync(process.execPath, [MAIN, ...words], { encoding: 'utf8' })
}

/** The words that can come next after these, of which the last may be a beginning. */
function next(...words: readonly string[]): string[] {
  return wordsIn(sallyport('complete', '--', ...words))
}

/** Without what is said of each, and without the line for the script. */
function wordsIn(printed: string): string[] {
  return printed
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(':'))
    .map((line) => line.split('\t')[0] ?? '')
}

test.each([
  [['catal'], ['catalog']],
  [['catalog', 'di'], ['diff']],
  [
    ['log', '--verdict', ''],
    ['allow', 'deny', 'hold'],
  ],
  [['log', '--unt'], ['--until']],
  [['log', 'sh'], ['show']],
  [['approvals', 'list', '--status', 'exp'], ['expired']],
])('after %j can come %j', (words, expected) => {
  expect(next(...words)).toEqual(expected)
})

test.each(['bash', 'zsh', 'fish', 'powershell'])('the script for %s asks the command itself', (shell) => {
  expect(sallyport('completion', shell)).toMatch(/\bcomplete\b.*--/)
})

test('a bash without the package bash-completion completes too', () => {
  const script = `
    sallyport() { "$NODE" "$MAIN" "$@"; }
    compopt() { :; }
    source <(sallyport completion bash)
    COMP_WORDS=(sallyport log --verd) COMP_CWORD=2
    __sallyport_complete
    echo "\${COMPREPLY[@]}"`
  const env = { ...process.env, NODE: process.execPath, MAIN }
  const printed = execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8', env })
  expect(printed.trim()).toBe('--verdict')
})

describe('names are those that the Sallyport has which commands ask', () => {
  const things = (...names: string[]) => names.map((name) => ({ name, revokedAt: null }))
  const lists: Record<string, readonly object[]> = {
    '/v1/gateways': [
      ...things('code-agent', 'ci-agent'),
      { name: 'code-old', revokedAt: '2026-11-21T12:00:00Z' },
    ],
    '/v1/upstreams': things('files'),
    '/v1/webhooks': things('tower'),
    '/v1/persons': things('dana', 'omar'),
    '/v1/bots': things('triage'),
  }

  async function nextOf(...words: readonly string[]): Promise<string[]> {
    const server = createServer(({ url = '' }, response) => {
      const { pathname } = new URL(url, 'http://api')
      response.end(JSON.stringify({ items: lists[pathname] ?? [], next: null }))
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const env = {
      ...process.env,
      SALLYPORT_URL: `http://127.0.0.1:${port}`,
      SALLYPORT_TOKEN: 'made-up-token',
    }
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, 'complete', '--', ...words], {
      env,
    })
    return wordsIn(stdout)
  }

  test.each([
    [
      ['log', '--gateway', ''],
      ['code-agent', 'ci-agent'],
    ],
    [['permissions', 'set', '--upstream', 'fi'], ['files']],
    [['gateway', 'rotate', 'co'], ['code-agent']],
    [['upstream', 'remove', ''], ['files']],
    [['webhook', 'show', ''], ['tower']],
    [['kill', 'on', '--scope', 'gateway:co'], ['gateway:code-agent']],
    [['person', 'set', 'da'], ['dana']],
    [['bot', 'remove', ''], ['triage']],
    [['bot', 'add', 'ci', '--person', 'o'], ['omar']],
    [['gateway', 'add', 'ci', '--owner', 'da'], ['dana']],
    [
      ['gateway', 'set-owner', 'code-agent', ''],
      ['dana', 'omar'],
    ],
    [['gateway', 'add', ''], []],
  ])('after %j can come %j', async (words, expected) => {
    expect(await nextOf(...words)).toEqual(expected)
  })

  test('and where none answers, there are none', async () => {
    const env = { ...process.env, SALLYPORT_URL: 'http://127.0.0.1:1', SALLYPORT_TOKEN: 'made-up-token' }
    const asking = [MAIN, 'complete', '--', 'gateway', 'rotate', '']
    expect(wordsIn((await promisify(execFile)(process.execPath, asking, { env })).stdout)).toEqual([])
  })
})
