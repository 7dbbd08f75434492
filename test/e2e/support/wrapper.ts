import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
export const SALLYPORT = join(ROOT, 'cli/bin/sallyport.js')

/** A server of npm's, as a command. */
export function npmServer(name: string, ...args: string[]): string[] {
  const manifest = createRequire(import.meta.url).resolve(`@modelcontextprotocol/${name}/package.json`)
  return [process.execPath, join(dirname(manifest), 'dist', 'index.js'), ...args]
}

/** A server that does on request what servers do when they go wrong. */
export const TROUBLED = [process.execPath, join(ROOT, 'services/proxy/src/testing/stdio-server.ts')]

export interface WrapperOptions {
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly args?: readonly string[]
}

/** `sallyport mcp` as a client's tool would run it: with a reduced environment and in another working folder. */
export async function startWrapper({ command, env, args = [] }: WrapperOptions) {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [SALLYPORT, 'mcp', ...args, '--', ...command],
    env: { PATH: process.env['PATH'] ?? '', ...env },
    cwd: '/',
    stderr: 'pipe',
  })
  let told = ''
  transport.stderr?.on('data', (chunk: Buffer) => {
    told += String(chunk)
  })
  const client = new Client({ name: 'wrapped-agent', version: '1.0.0' }, { capabilities: { roots: {} } })
  try {
    await client.connect(transport)
  } catch (cause) {
    throw new Error(`the wrapper told: ${told}`, { cause })
  }
  const said = async (name: string, given: object = {}): Promise<string> => {
    const result = await client.callTool({ name, arguments: { ...given } })
    return (result.content as { text?: string }[])[0]?.text ?? ''
  }
  return {
    client,
    said,
    /** The standard error of the wrapper and the server. */
    told: () => told,
    pid: transport.pid as number,
    stop: () => client.close(),
  }
}

export type Wrapper = Awaited<ReturnType<typeof startWrapper>>
