import { appendFileSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { z } from 'zod'

/** A tool for each thing that can happen to a call. */
export const TOOLS = { allowed: 'read_note', denied: 'drop_note', held: 'write_note' } as const

/** How often a tool was carried out with this text, by the file that a notes server writes. */
export function timesIn(file: string, tool: string, text: string): number {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line === JSON.stringify([tool, text])).length
}

/** The server as a command: `node notes-server.ts FILE`. */
export const COMMAND = (file: string) => [process.execPath, fileURLToPath(import.meta.url), file]

/** The server over streamable HTTP, without sessions. */
export async function startNotesOverHttp(file: string) {
  const http: Server = createServer(async (request, response) => {
    const transport = new StreamableHTTPServerTransport({})
    await notes(file).connect(transport as Transport)
    await transport.handleRequest(request, response)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    async stop() {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

function notes(file: string): McpServer {
  const server = new McpServer({ name: 'notes', version: '1.0.0' })
  const inputSchema = z.object({ text: z.string() }).shape
  for (const tool of Object.values(TOOLS)) {
    server.registerTool(tool, { description: `Carries out ${tool}`, inputSchema }, ({ text }) => {
      appendFileSync(file, `${JSON.stringify([tool, text])}\n`)
      return { content: [{ type: 'text', text: `carried out ${tool} ${text}` }] }
    })
  }
  return server
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await notes(process.argv[2] as string).connect(new StdioServerTransport())
}
