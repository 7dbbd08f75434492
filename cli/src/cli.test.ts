import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { resolveConnection } from './connection.ts'
import { ApiProblem, EXIT, exitCodeOf, NoToken, NotRunning, Unreachable, UsageError } from './errors.ts'
import { createProgram } from './program.ts'

function dataFolder(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-cli-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

const run = JSON.stringify({ pid: process.pid, proxy: 'http://127.0.0.1:9080', api: 'http://127.0.0.1:9081' })

describe('where a command connects', () => {
  test('the data folder gives the address and the admin token of the Sallyport on this machine', () => {
    const folder = dataFolder({ 'run.json': run, 'admin-token': 'local-admin\n' })
    expect(resolveConnection({}, { SALLYPORT_DATA: folder })).toEqual({
      url: 'http://127.0.0.1:9081',
      token: 'local-admin',
      folder,
    })
  })

  test('the local admin token is never sent to an address from a flag or a variable', () => {
    const folder = dataFolder({ 'run.json': run, 'admin-token': 'local-admin' })
    expect(() => resolveConnection({ url: 'https://elsewhere.example' }, { SALLYPORT_DATA: folder })).toThrow(
      NoToken,
    )
    expect(() =>
      resolveConnection({}, { SALLYPORT_DATA: folder, SALLYPORT_URL: 'https://elsewhere.example' }),
    ).toThrow(NoToken)
  })

  test.each([
    ['nobody says where it listens', {}],
    ['who said so has ended', { 'run.json': run.replace(/"pid":\d+/, `"pid":${2 ** 30}`) }],
  ])('the local admin token is not sent to whoever listens now when %s', (_, files) => {
    const folder = dataFolder({ ...files, 'admin-token': 'local-admin' })
    expect(() => resolveConnection({}, { SALLYPORT_DATA: folder })).toThrow(NotRunning)
  })

  test('without a running Sallyport a command names the folder it looked in, and not a missing token', () => {
    const folder = dataFolder({})
    expect(() => resolveConnection({}, { SALLYPORT_DATA: folder })).toThrow(
      `no Sallyport runs on the data folder ${folder}`,
    )
  })

  test('flags win over variables', () => {
    const environment = {
      SALLYPORT_URL: 'http://one.example',
      SALLYPORT_TOKEN: 'one',
      SALLYPORT_DATA: dataFolder({}),
    }
    expect(resolveConnection({ url: 'http://two.example/', token: 'two' }, environment)).toEqual({
      url: 'http://two.example',
      token: 'two',
    })
  })

  test('an address that is not http is refused', () => {
    expect(() => resolveConnection({ url: 'file:///etc/passwd', token: 't' }, {})).toThrow(UsageError)
  })
})

describe('exit codes', () => {
  const problem = (status: number) => new ApiProblem({ type: 'about:blank', title: 'no', status })
  test.each([
    [problem(400), EXIT.usage],
    [problem(401), EXIT.notAllowed],
    [problem(403), EXIT.notAllowed],
    [problem(404), EXIT.notFound],
    [problem(409), EXIT.conflict],
    [problem(410), EXIT.conflict],
    [problem(500), EXIT.failed],
    [new Unreachable('http://127.0.0.1:1'), EXIT.unreachable],
    [new NotRunning('/tmp/none'), EXIT.unreachable],
    [new NoToken(), EXIT.notAllowed],
    [new Error('anything'), EXIT.failed],
  ])('%s exits with %i', (reason, code) => {
    expect(exitCodeOf(reason)).toBe(code)
  })
})

describe('help', () => {
  const asking = createProgram().commands.filter((command) => !command.name().startsWith('complet'))
  const leaves = asking.flatMap((command) => (command.commands.length > 0 ? command.commands : [command]))

  test.each(leaves.map((command) => [`${command.parent?.name()} ${command.name()}`, command] as const))(
    '%s has --json, a remote address, a token and an example',
    (_, command) => {
      const flags = command.options.map((option) => option.long)
      expect(flags).toContain('--json')
      expect(flags).toContain('--token')
      expect(flags.some((flag) => flag === '--url' || flag === '--api-url')).toBe(true)
      let help = ''
      command.configureOutput({
        writeOut: (text) => {
          help += text
        },
      })
      command.outputHelp()
      expect(help).toMatch(/Example:\n {2}\$ sallyport /)
    },
  )
})
