import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { resolveConnection } from './connection.ts'
import { ApiProblem, EXIT, exitCodeOf, NoToken, NotRunning, Unreachable, UsageError } from './errors.ts'
import { printable, table } from './output.ts'
import { createProgram } from './program.ts'
import { columnWidths, logLine, type TimelineItem } from './timeline.ts'

const item: TimelineItem = {
  at: '2026-11-21T14:32:01.000Z',
  gateway: 'code-agent',
  action: 'mcp.tools.list',
  verdict: 'allow',
  rule: 'builtin mcp.tools.list',
  decisionMs: 1,
  durationMs: 12,
  outcome: 'ok',
  answeredBy: null,
  fault: null,
}

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

describe('lines of the log', () => {
  const rest = (line: string) => line.slice(line.indexOf('|') + 2)
  test.each([
    [item, 'code-agent | mcp.tools.list          | ALLOW | 12ms'],
    [
      { ...item, action: 'mcp.tools.create_issue', verdict: 'hold' as const, durationMs: null },
      'code-agent | mcp.tools.create_issue  | HOLD  | waiting...',
    ],
    [
      { ...item, action: 'mcp.tools.create_issue', durationMs: 89, answeredBy: 'dana' },
      'code-agent | mcp.tools.create_issue  | ALLOW | 89ms (approved by dana)',
    ],
    [
      {
        ...item,
        action: 'mcp.tools.delete_branch',
        verdict: 'deny' as const,
        rule: 'permission mcp.tools.delete_*',
      },
      'code-agent | mcp.tools.delete_branch | DENY  | 1ms (permission mcp.tools.delete_*)',
    ],
    [
      { ...item, outcome: 'upstream_error' },
      'code-agent | mcp.tools.list          | ALLOW | 12ms (upstream error)',
    ],
  ])('%# reads like the documented one', (given, line) => {
    expect(rest(logLine(given))).toBe(line)
  })

  test('a record that cannot be read has a line that says so, and hides no other', () => {
    const place = { topic: 'sallyport.actions', partition: 0, offset: 7 }
    const unread = { at: item.at, undecodable: { ...place, reason: 'malformed event' } }
    expect(rest(logLine(unread))).toBe('UNREAD | sallyport.actions/0/7 | malformed event')
    expect(columnWidths([unread, item])).toEqual(columnWidths([item]))
  })

  test('what an agent chose cannot move the cursor or hide text in a terminal', () => {
    expect(printable('a\u001b[2Jb\u202ec\n')).toBe('a\\u001b[2Jb\\u202ec\\u000a')
    expect(table(['NAME'], [['\u001b[31m']])).not.toContain('\u001b')
  })
})

describe('help', () => {
  const leaves = createProgram().commands.flatMap((command) =>
    command.commands.length > 0 ? command.commands : [command],
  )

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
