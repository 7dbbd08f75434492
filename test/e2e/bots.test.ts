import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@sallyport/native'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { govern, openWorld, type World } from './scenarios/world.ts'
import { type Standalone, startStandalone } from './support/standalone-composition.ts'

const page = readFileSync(new URL('../../docs/bots.md', import.meta.url), 'utf8')
const hasPython = spawnSync('python3', ['--version']).status === 0

const BOTS = [
  { language: 'ts', file: 'bot.ts', command: process.execPath },
  { language: 'python', file: 'bot.py', command: 'python3' },
]

describe('a bot of docs/bots.md, as it stands there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bots-'))
  const running: ChildProcess[] = []
  let environment: Record<string, string>
  let composition: Standalone
  let world: World

  beforeAll(async () => {
    // Bots come back to the address that they know.
    environment = { SALLYPORT_API_LISTEN: `127.0.0.1:${await freePort()}` }
    composition = await startStandalone({ environment })
    world = await openWorld(composition)
  })
  afterEach(() => {
    for (const bot of running.splice(0)) bot.kill('SIGKILL')
  })
  afterAll(async () => {
    await world?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test.each(BOTS)('in $language has twenty lines', ({ language }) => {
    expect(codeOf(language).trim().split('\n').length).toBeLessThanOrEqual(20)
  })

  for (const { language, file, command } of BOTS)
    test.skipIf(language === 'python' && !hasPython)(
      `in ${language} approves what it may, leaves the rest to people, and after a kill -9 of Sallyport goes on`,
      async () => {
        const begin = async () => {
          const rules = { 'mcp.tools.create_*': 'require_approval' } as const
          const governed = await govern(world, world.files.url, rules)
          const agent = await governed.connect()
          const make = (name: string) =>
            agent.call('create_directory', { path: join(world.files.folder, name) })
          return { ...governed, agent, make }
        }
        const before = await begin()
        const { token } = await world.api.client.write<{ token: string }>('POST', '/v1/bots', {
          name: `bot-${language}`,
        })
        writeFileSync(join(folder, file), codeOf(language))
        const bot = spawn(command, [join(folder, file)], {
          env: { PATH: process.env['PATH'] ?? '', SALLYPORT_URL: composition.api, SALLYPORT_TOKEN: token },
          stdio: ['ignore', 'inherit', 'pipe'],
        })
        running.push(bot)
        let said = ''
        bot.stderr.on('data', (chunk) => {
          said += String(chunk)
        })

        expect((await before.make(`build-${language.length}1`)).isError ?? false).toBe(false)
        const mine = before.make(`other-${language}`)
        const { approvalId } = await world.api.waiting(before.gateway)
        await world.api.vote(approvalId, 'deny', 'not this one')
        expect((await mine).isError).toBe(true)
        await before.agent.close()

        await composition.end('SIGKILL')
        await expect.poll(() => said, { timeout: 30_000 }).toContain('lost')
        await Promise.all([world.files.stop(), world.everything.stop()])
        composition = await startStandalone({ folder: composition.folder, environment })
        world = await openWorld(composition)
        const after = await begin()
        expect((await after.make(`build-${language.length}2`)).isError ?? false).toBe(false)
        await after.agent.close()
        const answered = await world.api.client.get<{ items: { answeredBy: string; status: string }[] }>(
          '/v1/approvals',
          { status: 'all', gateway: after.gateway },
        )
        expect(answered.items).toMatchObject([{ answeredBy: `bot-${language}`, status: 'consumed' }])
      },
    )
})

function codeOf(language: string): string {
  const code = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(page)?.[1]
  if (code === undefined) throw new Error(`docs/bots.md has no ${language}`)
  return code
}
