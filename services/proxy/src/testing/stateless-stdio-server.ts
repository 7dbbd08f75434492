import { acceptedContent, inputRequired, McpServer } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { z } from 'zod'

/** A real stdio server of the official SDK v2, of whichever era its client opens with. Run as a program. */
serveStdio(() => {
  const server = new McpServer(
    { name: 'stateless-stdio', version: '1.0.0' },
    { capabilities: { tools: { listChanged: true } } },
  )
  server.registerTool('echo', { inputSchema: z.object({ text: z.string() }) }, ({ text }) => said(text))
  server.registerTool('change', {}, () => {
    server.sendToolListChanged()
    return said('changed')
  })
  server.registerTool('steps', {}, async ({ mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken
    if (progressToken !== undefined)
      await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress: 1 } })
    return said('done')
  })
  server.registerTool('confirm', {}, ({ mcpReq }) => {
    const schema = z.object({ sure: z.boolean() })
    const answer = acceptedContent(mcpReq.inputResponses, 'confirm', schema)
    if (answer !== undefined) return said(`sure: ${answer.sure}`)
    return inputRequired({
      inputRequests: { confirm: inputRequired.elicit({ message: 'Sure?', requestedSchema: schema }) },
    })
  })
  return server
})

function said(text: string) {
  return { content: [{ type: 'text' as const, text }] }
}
