import { expect, test } from 'vitest'
import { dryRunText } from './dry-run.ts'
import type { FileReport } from './set-up.ts'

const upstream = { name: 'api', url: 'http://127.0.0.1:3001/mcp', tokenEnv: null, passes: false, headers: [] }
const FILE: FileReport = {
  file: '/home/a/.cursor/mcp.json',
  target: '/home/a/.cursor/mcp.json',
  scope: 'user',
  changes: [
    {
      path: ['mcpServers', 'api'],
      outcome: { kind: 'rewritten', transport: 'http', as: 'api' },
      upstream,
      notes: [],
    },
  ],
  difference: '-a\n+b',
  backup: null,
  warnings: [],
}
const MADE = { name: 'local', made: true, preset: 'ask', token: null, acts: null } as const

test('a dry run tells of the Sallyport, the gateway, its token and preset, the upstreams and the files beside', () => {
  const text = dryRunText({
    files: [FILE],
    gateway: MADE,
    begins: '/home/a/.sallyport',
    folder: '/home/a/.sallyport',
  })
  expect(text.split('\n')).toEqual([
    'nothing was written; the run would also',
    '  leave a backup and a record for --undo beside each file that is written',
    '  run a Sallyport on /home/a/.sallyport for the moment, as none runs there',
    '  make the gateway local, and keep its token in /home/a/.sallyport/gateway-tokens',
    '  give the gateway local the preset ask: reads and lists are allowed, and everything else waits for a person',
    '  register the upstream api at http://127.0.0.1:3001/mcp, where it is not yet',
  ])
})

test('a dry run tells how many permissions change, and of nothing that stays', () => {
  const gateway = { ...MADE, made: false, acts: { set: 2, removed: 7 } }
  const text = dryRunText({ files: [], gateway, begins: null, folder: null })
  expect(text).toContain('waits for a person (2 permissions set, 7 removed)')
  expect(text).not.toMatch(/make|backup|register|run a Sallyport/)
  const kept = dryRunText({ files: [], gateway: { ...gateway, preset: null }, begins: null, folder: null })
  expect(kept).toContain('leave the permissions of the gateway local as they are')
})
