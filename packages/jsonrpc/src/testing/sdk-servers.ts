import { PassThrough } from 'node:stream'
import { McpServer as ServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport as StdioV1 } from '@modelcontextprotocol/sdk/server/stdio.js'
import { McpServer as ServerV2 } from '@modelcontextprotocol/server'
import { StdioServerTransport as StdioV2 } from '@modelcontextprotocol/server/stdio'
import { z } from 'zod'

export const TOOLS = ['read', 'delete_all', 'Read', 'READ'] as const

/** The tool that a server ran, and its arguments. */
export interface Run {
  readonly tool: string
  readonly args: unknown
}

export interface SdkServer {
  /** The tools that it runs for a line of its standard input. */
  feed(line: string): Promise<Run[]>
  stop(): Promise<void>
}

/** The official server of SDK 1, with tools that only remember that they ran. */
export async function startServerV1(): Promise<SdkServer> {
  const server = new ServerV1({ name: 'v1', version: '1.0.0' })
  const runs: Run[] = []
  for (const tool of TOOLS)
    server.registerTool(tool, { inputSchema: z.looseObject({}) }, (args) => {
      runs.push({ tool, args })
      return { content: [] }
    })
  const { stdin, stdout } = pipes()
  await server.connect(new StdioV1(stdin, stdout))
  return drive(stdin, stdout, runs, () => server.close())
}

/** The official server of SDK 2. */
export async function startServerV2(): Promise<SdkServer> {
  const server = new ServerV2({ name: 'v2', version: '1.0.0' })
  const runs: Run[] = []
  for (const tool of TOOLS)
    server.registerTool(tool, { inputSchema: z.looseObject({}) }, (args) => {
      runs.push({ tool, args })
      return { content: [] }
    })
  const { stdin, stdout } = pipes()
  await server.connect(new StdioV2(stdin, stdout))
  return drive(stdin, stdout, runs, () => server.close())
}

function pipes() {
  return { stdin: new PassThrough(), stdout: new PassThrough() }
}

function drive(stdin: PassThrough, stdout: PassThrough, runs: Run[], close: () => Promise<void>): SdkServer {
  let answered = ''
  let heard = () => {}
  stdout.on('data', (chunk: Buffer) => {
    answered = (answered + chunk.toString()).slice(-10_000)
    heard()
  })
  let pings = 0
  return {
    async feed(line) {
      runs.length = 0
      pings += 1
      const id = `sync-${pings}`
      // Lines are read in turn: once the ping behind it is answered, the line was taken up.
      stdin.write(`${line}\n${JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' })}\n`)
      while (!answered.includes(`"${id}"`))
        await new Promise<void>((resolve) => {
          heard = resolve
        })
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
      return [...runs]
    },
    async stop() {
      await close()
      stdin.destroy()
      stdout.destroy()
    },
  }
}
