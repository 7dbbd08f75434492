import { SallyportError } from '@sallyport/runtime'
import { describe, expect, it } from 'vitest'
import { decodeMessage } from './decode-message.ts'
import { BATCHES, NOT_STRICT, SHAPELESS } from './testing/hostile-bodies.ts'

function refusal(body: string | Uint8Array): unknown {
  try {
    decodeMessage(typeof body === 'string' ? Buffer.from(body) : body)
  } catch (thrown) {
    if (thrown instanceof SallyportError)
      return { code: thrown.code, rule: 'rule' in thrown ? thrown.rule : null }
    throw thrown
  }
  return 'accepted'
}

describe('a body that parsers read differently is refused', () => {
  it.each(NOT_STRICT)('%s', (_what, body, rule) => {
    expect(refusal(body)).toEqual({ code: 'SP_JSON_NOT_STRICT', rule })
  })
})

describe('strict JSON that is not a message of MCP is refused as such', () => {
  it.each(SHAPELESS)('%s', (_what, body, rule) => {
    expect(refusal(body)).toEqual({ code: 'SP_JSONRPC_INVALID', rule })
  })
})

describe('a batch is refused by its own error', () => {
  it.each(BATCHES)('%s', (body) => {
    expect(refusal(body)).toEqual({ code: 'SP_JSONRPC_BATCH', rule: null })
  })
})
