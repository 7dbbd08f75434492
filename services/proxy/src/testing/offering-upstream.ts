import { createServer } from 'node:http'
import { close, listen, text } from './mcp-upstream.ts'

type Entry = Readonly<Record<string, unknown>>

const MEMBERS: Readonly<Record<string, string>> = {
  'tools/list': 'tools',
  'prompts/list': 'prompts',
  'resources/list': 'resources',
  'resources/templates/list': 'resourceTemplates',
}

/** An MCP server whose lists a test gives byte for byte. A call of a tool is answered with the tool's name. */
export async function startOfferingUpstream() {
  const upstream = {
    url: '',
    /** Its lists, by the member of the answer. A string is sent as it is. */
    offers: {} as Record<string, readonly (Entry | string)[]>,
    /** How many entries it puts on a page. */
    pageSize: Number.POSITIVE_INFINITY,
    lists: true,
    /** The methods it was asked, and the names of the tools that were called. */
    asked: [] as string[],
    calls: [] as string[],
    stop: () => close(http),
  }
  const http = createServer(async (request, response) => {
    if (request.method !== 'POST') return response.writeHead(405).end()
    const { id, method, params } = JSON.parse(await text(request))
    upstream.asked.push(method)
    if (id === undefined) return response.writeHead(202).end()
    if (method === 'tools/call') upstream.calls.push(params.name)
    const member = MEMBERS[method]
    const result = member === undefined ? answerTo(method, params) : page(member, Number(params?.cursor ?? 0))
    response.setHeader('content-type', 'application/json')
    response.end(
      member !== undefined && !upstream.lists
        ? JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32603, message: 'no' } })
        : `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`,
    )
  })

  const page = (member: string, from: number) => {
    const all = upstream.offers[member] ?? []
    const texts = all
      .slice(from, from + upstream.pageSize)
      .map((entry) => (typeof entry === 'string' ? entry : JSON.stringify(entry)))
    const next = from + upstream.pageSize
    const cursor = next < all.length ? `,"nextCursor":"${next}"` : ''
    return `{"${member}":[${texts.join(',')}]${cursor}}`
  }
  upstream.url = `http://127.0.0.1:${await listen(http)}/mcp`
  return upstream
}

function answerTo(method: string, params: { readonly name?: string } | undefined): string {
  if (method !== 'initialize')
    return JSON.stringify({ content: [{ type: 'text', text: params?.name ?? '' }] })
  return JSON.stringify({
    protocolVersion: '2025-11-25',
    capabilities: { tools: {}, prompts: {}, resources: {} },
    serverInfo: { name: 'offering', version: '1' },
  })
}
