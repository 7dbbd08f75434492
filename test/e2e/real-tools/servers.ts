import { randomUUID } from 'node:crypto'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { program, startListening } from './programs.ts'

export interface Call {
  readonly tool: string
  readonly arguments: Readonly<Record<string, unknown>>
  /** The text of a result when the tool was run. */
  readonly says: string
}

/** A server of npm's: three of its tools, one for each thing that can be decided. */
export interface ServerKind {
  readonly command: readonly string[]
  readonly allowed: Call
  readonly denied: Call
  readonly held: Call
}

/** How Sallyport reaches a server. */
export type Target =
  | { readonly kind: 'http'; readonly url: string }
  | {
      readonly kind: 'stdio'
      readonly command: readonly string[]
      readonly env: readonly string[]
      readonly cwd: null
    }

export interface RunningServer {
  readonly target: Target
  stop(): Promise<void>
}

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sallyport-real-tools-')))
export const removeFolder = (): void => rmSync(folder, { recursive: true, force: true })

export const EVERYTHING: ServerKind = {
  command: program('@modelcontextprotocol/server-everything'),
  allowed: { tool: 'echo', arguments: { message: 'through both doors' }, says: 'through both doors' },
  denied: { tool: 'get-env', arguments: {}, says: 'PATH' },
  held: { tool: 'get-sum', arguments: { a: 40, b: 2 }, says: '42' },
}

export const FILESYSTEM: ServerKind = {
  command: program('@modelcontextprotocol/server-filesystem', folder),
  allowed: { tool: 'list_allowed_directories', arguments: {}, says: folder },
  denied: {
    tool: 'create_directory',
    arguments: { path: join(folder, 'never') },
    says: 'Successfully created',
  },
  held: {
    tool: 'write_file',
    arguments: { path: join(folder, 'approved.txt'), content: 'approved' },
    says: 'Successfully wrote',
  },
}

export const MEMORY: ServerKind = {
  // It would keep what it remembers in its own package.
  command: [
    'env',
    `MEMORY_FILE_PATH=${join(folder, 'memory.jsonl')}`,
    ...program('@modelcontextprotocol/server-memory'),
  ],
  allowed: { tool: 'read_graph', arguments: {}, says: 'entities' },
  denied: { tool: 'delete_entities', arguments: { entityNames: ['gate'] }, says: 'deleted successfully' },
  // Its answer tells what it did not know before, and one memory serves every test.
  get held() {
    const name = randomUUID()
    const entity = { name, entityType: 'gate', observations: ['has two doors'] }
    return { tool: 'create_entities', arguments: { entities: [entity] }, says: name }
  },
}

/** The server itself, listening by its own transport. */
export async function everythingAlone(): Promise<RunningServer> {
  return at(
    await startListening((port) => ['env', `PORT=${port}`, ...EVERYTHING.command, 'streamableHttp']),
    '/mcp',
  )
}

/** The proxy runs it for whoever connects. */
export async function runByTheProxy({ command }: ServerKind): Promise<RunningServer> {
  return { target: { kind: 'stdio', command, env: [], cwd: null }, stop: async () => {} }
}

export async function behindSupergateway(
  { command }: ServerKind,
  transport: 'sse' | 'streamableHttp',
  ...flags: string[]
): Promise<RunningServer> {
  const stdio = command.map((word) => JSON.stringify(word)).join(' ')
  const running = await startListening((port) => [
    ...program('supergateway', '--stdio', stdio, '--outputTransport', transport),
    ...['--port', String(port), '--logLevel', 'none', ...flags],
  ])
  return at(running, transport === 'sse' ? '/sse' : '/mcp')
}

export async function behindMcpProxy({ command }: ServerKind, path: string): Promise<RunningServer> {
  return at(
    await startListening((port) => [
      ...program('mcp-proxy', '--host', '127.0.0.1', '--port', String(port), '--', ...command),
    ]),
    path,
  )
}

function at(
  { origin, stop }: { readonly origin: string; stop(): Promise<void> },
  path: string,
): RunningServer {
  return { target: { kind: 'http', url: origin + path }, stop }
}
