import type { ModelProtocol } from './script.ts'

interface Body {
  readonly tools?: readonly Tool[]
  readonly input?: readonly Item[]
}

interface Tool {
  readonly type: string
  readonly name?: string
  /** Of a namespace. */
  readonly tools?: readonly { readonly name: string }[]
}

interface Item {
  readonly type: string
  readonly output?: unknown
}

/** OpenAI's Responses API, streamed. A tool of an MCP server has a namespace, shown here before its name with a slash. */
export const openai: ModelProtocol = {
  isTurn: (path) => path.endsWith('/responses'),
  seenIn(body) {
    const { tools = [], input = [] } = body as Body
    return {
      tools: tools.flatMap(({ name = '', tools: inside }) =>
        inside === undefined ? [name] : inside.map((tool) => `${name}/${tool.name}`),
      ),
      results: input.flatMap(({ type, output }) => (type === 'function_call_output' ? [textOf(output)] : [])),
    }
  },
  events(step) {
    const [, namespace, name] = 'call' in step ? (/^(?:(.*)\/)?(.*)$/.exec(step.call.tool) ?? []) : []
    const item =
      'call' in step
        ? {
            type: 'function_call',
            id: `fc_${crypto.randomUUID()}`,
            call_id: `call_${crypto.randomUUID()}`,
            name,
            ...(namespace === undefined ? {} : { namespace }),
            arguments: JSON.stringify(step.call.arguments),
          }
        : {
            type: 'message',
            id: 'msg_1',
            role: 'assistant',
            content: [{ type: 'output_text', text: step.say, annotations: [] }],
          }
    const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 }
    return [
      { type: 'response.created', response: { id: 'resp_1' } },
      { type: 'response.output_item.done', output_index: 0, item },
      { type: 'response.completed', response: { id: 'resp_1', usage } },
    ].map((data) => ({ event: data.type, data }))
  },
}

function textOf(output: unknown): string {
  return typeof output === 'string' ? output : JSON.stringify(output)
}
