import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { processEnvironment } from '@sallyport/runtime'
import { z } from 'zod'

/** A real MCP server on stdin and stdout, which does on request what servers do when they go wrong. */
const server = new McpServer({ name: 'stdio-server', version: '1.0.0' })
const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] })
let calls = 0
const environment = processEnvironment()

server.registerTool('echo', { inputSchema: { text: z.string() } }, (args) => text(args.text))
server.registerTool('pid', {}, () => text(String(process.pid)))
server.registerTool('count', {}, () => text(String(++calls)))
server.registerTool('variable', { inputSchema: { name: z.string() } }, ({ name }) =>
  text(environment[name] ?? 'unset'),
)
server.registerTool('die', {}, () => process.exit(7))
server.registerTool('hang', {}, () => new Promise(() => {}))
server.registerTool('progress', {}, async (extra) => {
  const progressToken = extra._meta?.progressToken ?? 'none'
  for (const progress of [1, 2])
    await extra.sendNotification({ method: 'notifications/progress', params: { progressToken, progress } })
  return text('done')
})
server.registerTool('roots', {}, async () => text(JSON.stringify(await server.server.listRoots())))
server.registerTool('junk', {}, () => {
  process.stdout.write('a library that prints\n{"jsonrpc":"2.0","method":"notifications/x","method":"y"}\n')
  return text('still there')
})
server.registerTool('flood', { inputSchema: { bytes: z.number() } }, ({ bytes }) => {
  process.stdout.write('x'.repeat(bytes))
  return new Promise(() => {})
})
server.registerTool('notes', { inputSchema: { count: z.number() } }, async ({ count }) => {
  for (let i = 0; i < count; i++)
    await server.server.sendLoggingMessage({ level: 'info', data: `${i} ${'y'.repeat(1000)}` })
  return text('said')
})
server.server.registerCapabilities({ logging: {} })

await server.connect(new StdioServerTransport())
