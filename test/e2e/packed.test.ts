import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildInto } from '../../infra/pack/build.ts'
import { packedManifest } from '../../infra/pack/parts.ts'
import { npmServer } from './support/wrapper.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** What `npm pack` packs, where `npm i -g` puts it: below a folder node_modules, in which Node reads no TypeScript. */
let home: string
let installed: string
beforeAll(() => {
  home = mkdtempSync(join(realpathSync(tmpdir()), 'sallyport-packed-'))
  installed = join(home, 'lib', 'node_modules', 'sallyport')
  mkdirSync(installed, { recursive: true })
  buildInto(ROOT, join(installed, 'dist'))
  writeFileSync(join(installed, 'package.json'), JSON.stringify(packedManifest(ROOT)))
  // The packages of others as this clone has them, and none of its own.
  mkdirSync(join(installed, 'node_modules'))
  for (const path of globSync('node_modules/{[!.@]*,@*/*}', { cwd: ROOT })) {
    if (path.startsWith('node_modules/@sallyport/')) continue
    mkdirSync(join(installed, path, '..'), { recursive: true })
    symlinkSync(realpathSync(join(ROOT, path)), join(installed, path))
  }
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

const bin = () => join(installed, (packedManifest(ROOT) as { bin: { sallyport: string } }).bin.sallyport)
const environment = () => ({
  PATH: '/usr/bin:/bin',
  HOME: home,
  SALLYPORT_PROXY_LISTEN: '127.0.0.1:0',
  SALLYPORT_API_LISTEN: '127.0.0.1:0',
})

function run(...args: string[]) {
  const cwd = join(home, 'empty')
  mkdirSync(cwd, { recursive: true })
  const ran = spawnSync(process.execPath, [bin(), ...args], { env: environment(), cwd, encoding: 'utf8' })
  return { status: ran.status, out: ran.stdout, err: ran.stderr }
}

function begun(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [bin(), 'start'], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`start ended with ${code}`)))
    child.stdout.on('data', (chunk: Buffer) => {
      if (String(chunk).includes('upstream add files')) resolve(child)
    })
  })
}

test('the package is JavaScript alone, and names none of the workspaces', () => {
  const files = globSync('dist/**/*', { cwd: installed })
  expect(files.filter((file) => /\.ts$/.test(file))).toEqual([])
  const named = files.filter(
    (file) => file.endsWith('.js') && /from '@sallyport\//.test(readFileSync(join(installed, file), 'utf8')),
  )
  expect(named).toEqual([])
  expect(files.some((file) => file.includes('/testing/'))).toBe(false)
})

test('in an empty folder it sets a tool up, wraps its server and starts', async () => {
  const files = join(home, 'files')
  mkdirSync(files)
  writeFileSync(join(files, 'hello.txt'), 'hello')
  const [command = '', ...args] = npmServer('server-filesystem', files)
  const path = join(home, '.claude.json')
  writeFileSync(path, JSON.stringify({ mcpServers: { files: { command, args } } }))
  const set = run('setup', 'claude', '--user')
  expect(set).toMatchObject({ status: 0, err: '' })
  const { mcpServers } = JSON.parse(readFileSync(path, 'utf8')) as {
    mcpServers: { files: { command: string; args: string[] } }
  }
  const client = new Client({ name: 'claude-code', version: '2.0.0' })
  await client.connect(new StdioClientTransport({ ...mcpServers.files, env: environment(), cwd: '/' }))
  const read = { name: 'read_text_file', arguments: { path: join(files, 'hello.txt') } }
  expect(JSON.stringify(await client.callTool(read))).toContain('hello')
  await client.close()

  const started = await begun()
  expect(run('gateway', 'list')).toMatchObject({ status: 0, out: expect.stringMatching(/^local /m), err: '' })
  started.kill('SIGINT')
  await new Promise((resolve) => started.once('exit', resolve))
})
