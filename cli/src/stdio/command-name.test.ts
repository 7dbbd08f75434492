import { expect, test } from 'vitest'
import { nameOfCommand, tellableCommand } from './command-name.ts'

test.each([
  [['npx', '-y', '@modelcontextprotocol/server-filesystem', '/srv'], 'server-filesystem'],
  [['npx', '@modelcontextprotocol/server-memory@2026.8.31'], 'server-memory'],
  [['uvx', 'mcp-server-git', '--repository', '.'], 'mcp-server-git'],
  [['uv', 'run', 'weather.py'], 'weather'],
  [['node', '/opt/server-files/dist/index.js'], 'server-files'],
  [['/usr/local/bin/github-mcp-server', 'stdio'], 'github-mcp-server'],
  [['docker', 'run', '-i', '--rm', 'ghcr.io/github/github-mcp-server'], 'github-mcp-server'],
])('%j is called %s', (command, name) => {
  expect(nameOfCommand(command)).toBe(name)
})

test('no credential of a command is told, and two commands that differ in a key stay two', () => {
  const key = (first: string) => [first, 'a1B2'.repeat(8)].join('')
  const told = tellableCommand([
    'srv',
    '--api-key',
    'hunter2',
    '--token=hunter3',
    key('x'),
    'http://me:pw@host/',
  ])
  expect(told).toEqual([
    'srv',
    '--api-key',
    '[hidden]',
    '--token=[hidden]',
    expect.stringMatching(/^\[hidden [0-9a-f]{8}\]$/),
    '[hidden]',
  ])
  expect(tellableCommand(['srv', key('x')])).not.toEqual(tellableCommand(['srv', key('y')]))
})

test('folders and options stay as they are', () => {
  const command = ['npx', '-y', 'server', '/home/dev2/my projects/a-long-folder-name', '--port', '8080']
  expect(tellableCommand(command)).toEqual(command)
})
