import { describe, expect, it } from 'vitest'
import { errorResponse, resultResponse, toolError } from './build-response.ts'
import { decodeMessage } from './decode-message.ts'

describe('what we answer ourselves', () => {
  it.each([
    errorResponse(null, -32700, 'not JSON'),
    errorResponse('a', 1, 'no', { rule: 'r' }),
    resultResponse(0, { tools: [] }),
    toolError(7, 'denied: "x"\n', { 'sallyport/rule': 'default' }),
  ])('is canonical JSON-RPC by our own decoder: %s', (text) => {
    const message = decodeMessage(text)
    expect(message.kind).toBe('response')
    expect(message.canonical).toBe(text)
  })

  it('a tool error is a result that a model can read', () => {
    expect(JSON.parse(toolError(7, 'denied'))).toEqual({
      jsonrpc: '2.0',
      id: 7,
      result: { content: [{ type: 'text', text: 'denied' }], isError: true },
    })
  })
})
