import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client as ClientOfV2, StreamableHTTPClientTransport as HttpOfV2 } from '@modelcontextprotocol/client'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { connectAgent } from '../support/agent.ts'
import { program } from './programs.ts'
import type { Call } from './servers.ts'

/** Where a client finds a server behind Sallyport, and as whom it comes. */
export interface Address {
  readonly proxy: string
  readonly upstream: string
  readonly token: string
}

export interface Caller {
  /** For a client that does not send calls of unlisted tools: the text that it shows of one. */
  readonly unlisted?: string
  tools(): Promise<readonly string[]>
  /** Everything that the client shows of a call. */
  call(call: Call): Promise<string>
  stop(): Promise<void>
}

export type ClientKind = (address: Address) => Promise<Caller>

export const sdkV1: ClientKind = async ({ proxy, upstream, token }) => {
  const { client } = await connectAgent(proxy, upstream, token)
  return callerOf(client)
}

/** Speaks 2026-07-28 and nothing else. */
export const sdkV2: ClientKind = async (address) => {
  const client = new ClientOfV2(
    { name: 'real-tools', version: '1.0.0' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  )
  await client.connect(new HttpOfV2(urlOf(address), { requestInit: { headers: headersOf(address) } }))
  return callerOf(client)
}

export const mcpRemote: ClientKind = (address) =>
  overStdio((home) => ({
    command: program(
      'mcp-remote',
      urlOf(address).href,
      '--header',
      `Authorization: Bearer ${address.token}`,
      '--silent',
    ),
    env: { HOME: home, MCP_REMOTE_CONFIG_DIR: home },
  }))

export const supergateway =
  (transport: '--streamableHttp' | '--sse'): ClientKind =>
  (address) =>
    overStdio(() => ({
      command: program(
        'supergateway',
        transport,
        urlOf(address).href,
        '--oauth2Bearer',
        address.token,
        '--logLevel',
        'none',
      ),
      env: {},
    }))

/** Each call is a run of the command line. */
export const inspector: ClientKind = async (address) => {
  const run = (...args: string[]) =>
    outputOf([
      ...program('@modelcontextprotocol/inspector', '--cli', urlOf(address).href, '--transport', 'http'),
      ...['--header', `Authorization: Bearer ${address.token}`, ...args],
    ])
  return {
    unlisted: 'tool_not_found',
    async tools() {
      const { tools } = JSON.parse(await run('--method', 'tools/list')) as { tools: { name: string }[] }
      return tools.map(({ name }) => name)
    },
    call: (call) =>
      run(
        ...['--method', 'tools/call', '--tool-name', call.tool],
        ...Object.entries(call.arguments).flatMap(([name, value]) => [
          '--tool-arg',
          `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
        ]),
      ),
    stop: async () => {},
  }
}

function urlOf({ proxy, upstream }: Address): URL {
  return new URL(`${proxy}/mcp/${upstream}`)
}

function headersOf({ token }: Address): Record<string, string> {
  return { authorization: `Bearer ${token}` }
}

/** The part that both SDKs' clients have in common. */
interface AnyClient {
  listTools(): Promise<{ readonly tools: readonly { readonly name: string }[] }>
  callTool(params: { name: string; arguments: Record<string, unknown> }): Promise<unknown>
  close(): Promise<void>
}

function callerOf(client: AnyClient): Caller {
  return {
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async ({ tool, arguments: given }) =>
      JSON.stringify(await client.callTool({ name: tool, arguments: { ...given } })),
    stop: () => client.close(),
  }
}

/** A bridge that speaks stdio, as a desktop application would start it. */
async function overStdio(
  bridge: (home: string) => {
    readonly command: readonly string[]
    readonly env: Readonly<Record<string, string>>
  },
): Promise<Caller> {
  const home = mkdtempSync(join(tmpdir(), 'sallyport-real-tools-home-'))
  const { command, env } = bridge(home)
  const [file = '', ...args] = command
  const transport = new StdioClientTransport({
    command: file,
    args,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stderr: 'pipe',
  })
  let told = ''
  transport.stderr?.on('data', (chunk: Buffer) => {
    told += String(chunk)
  })
  const client = new Client({ name: 'real-tools', version: '1.0.0' })
  await client.connect(transport).catch((cause: unknown) => {
    throw new Error(`the bridge told: ${told}`, { cause })
  })
  return {
    ...callerOf(client),
    async stop() {
      await client.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** Both streams of a command with any exit code: the code tells of a tool that failed. */
function outputOf([file = '', ...args]: readonly string[]): Promise<string> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const take = (chunk: Buffer) => {
    output += String(chunk)
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve(output))
  })
}
