import { spawn } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { bridgeStdio, filesystemServer } from '@sallyport/cli'
import { freePort } from '@sallyport/native'

export interface RunningUpstream {
  readonly url: string
  stop(): Promise<void>
}

/** `@modelcontextprotocol/server-everything` over Streamable HTTP, or over the HTTP with SSE of 2024-11-05; on a free port unless it is to be the same again. */
export async function startEverything(
  transport: 'streamableHttp' | 'sse' = 'streamableHttp',
  samePort?: number,
): Promise<RunningUpstream> {
  const manifest = createRequire(import.meta.url).resolve(
    '@modelcontextprotocol/server-everything/package.json',
  )
  const port = samePort ?? (await freePort())
  const child = spawn(process.execPath, [join(dirname(manifest), 'dist', 'index.js'), transport], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  await new Promise<void>((resolve, reject) => {
    const watch = (chunk: Buffer) => {
      if (/listening|running on port/i.test(String(chunk))) resolve()
    }
    child.stdout.on('data', watch)
    child.stderr.on('data', watch)
    child.once('exit', (code) => reject(new Error(`server-everything ended with ${code}`)))
  })
  return {
    url: `http://127.0.0.1:${port}/${transport === 'sse' ? 'sse' : 'mcp'}`,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
    },
  }
}

/** `@modelcontextprotocol/server-filesystem` over a new folder, its stdio offered over Streamable HTTP. */
export async function startFilesystem(): Promise<RunningUpstream & { readonly folder: string }> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sallyport-e2e-files-')))
  const bridge = await bridgeStdio(filesystemServer(folder))
  return {
    url: bridge.url,
    folder,
    async stop() {
      await bridge.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The tools that the recorder lists. They all answer the same. */
const RECORDED_TOOLS = ['x', 'read_x'].map((name) => ({ name, inputSchema: { type: 'object' } }))

/** A server that does nothing but keep what it was asked to do, to see what leaves Sallyport, and list its tools. */
export async function startRecorder(): Promise<
  RunningUpstream & { readonly requests: { headers: NodeJS.Dict<string | string[]>; body: string }[] }
> {
  const requests: { headers: NodeJS.Dict<string | string[]>; body: string }[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const { id = null, method } = request.method === 'POST' ? JSON.parse(body) : {}
      const lists = method === 'tools/list'
      if (!lists) requests.push({ headers: request.headers, body })
      const result = lists ? { tools: RECORDED_TOOLS } : { content: [{ type: 'text', text: 'recorded' }] }
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    requests,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
