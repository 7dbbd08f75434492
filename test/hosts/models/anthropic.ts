import type { ModelProtocol, SentEvent, Step } from './script.ts'

interface Body {
  readonly tools?: readonly { readonly name: string }[]
  readonly messages?: readonly { readonly content: string | readonly Block[] }[]
}

type Block =
  | { readonly type: 'tool_result'; readonly content?: string | readonly { readonly text?: string }[] }
  | { readonly type: 'text'; readonly text: string }

/** Anthropic's Messages API, streamed. */
export const anthropic: ModelProtocol = {
  isTurn: (path) => path.endsWith('/v1/messages'),
  seenIn(body) {
    const { tools = [], messages = [] } = body as Body
    const blocks = messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content))
    return {
      tools: tools.map(({ name }) => name),
      results: blocks.flatMap((block) => (block.type === 'tool_result' ? [textOf(block.content)] : [])),
    }
  },
  events: (step) => [
    {
      event: 'message_start',
      data: {
        type: 'message_start',
        message: {
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          model: 'scripted',
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 1, output_tokens: 1 },
        },
      },
    },
    ...contentOf(step),
    {
      event: 'message_delta',
      data: {
        type: 'message_delta',
        delta: { stop_reason: 'call' in step ? 'tool_use' : 'end_turn', stop_sequence: null },
        usage: { output_tokens: 1 },
      },
    },
    { event: 'message_stop', data: { type: 'message_stop' } },
  ],
}

function contentOf(step: Step): SentEvent[] {
  const [block, delta] =
    'call' in step
      ? [
          { type: 'tool_use', id: `toolu_${crypto.randomUUID()}`, name: step.call.tool, input: {} },
          { type: 'input_json_delta', partial_json: JSON.stringify(step.call.arguments) },
        ]
      : [
          { type: 'text', text: '' },
          { type: 'text_delta', text: step.say },
        ]
  return [
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
  ].map((data) => ({ event: data.type, data }))
}

function textOf(content: string | readonly { readonly text?: string }[] = ''): string {
  return typeof content === 'string' ? content : content.map(({ text }) => text ?? '').join('\n')
}
