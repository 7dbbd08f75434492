import { McpServer } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { offerAskingAgain, requestStates } from '../../conformance/fixture/asking-again-tools.ts'

/** A server of SDK v2 on stdin and stdout, which speaks 2026-07-28 to who opens with it and the older ones to others. */
serveStdio(() => {
  const server = new McpServer(
    { name: 'both-eras', version: '1.0.0' },
    { requestState: { verify: requestStates.verify }, capabilities: { tools: { listChanged: true } } },
  )
  offerAskingAgain(server)
  server.registerTool('hello', { description: 'Says hello' }, () => ({
    content: [{ type: 'text', text: 'hello' }],
  }))
  server.registerTool('forbidden', { description: 'Nobody may' }, () => ({
    content: [{ type: 'text', text: 'done' }],
  }))
  server.registerTool('change', { description: 'The list of tools changes' }, () => {
    server.sendToolListChanged()
    return { content: [{ type: 'text', text: 'changed' }] }
  })
  return server
})
