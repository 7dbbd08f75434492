import { CallToolRequestSchema, JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js'
import { parseJSONRPCMessage, specTypeSchemas } from '@modelcontextprotocol/server'
import { SallyportError } from '@sallyport/runtime'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DecodeOptions, decodeMessage } from './decode-message.ts'
import { NotJsonRpc } from './errors.ts'
import { type Batch, isToolCall, type Message } from './message.ts'
import { type Run, type SdkServer, startServerV1, startServerV2, TOOLS } from './testing/sdk-servers.ts'
import { smuggled } from './testing/smuggled.ts'

/** Our reading of a body: the text that is forwarded, and the tools that it is judged to ask for. */
interface Seen {
  readonly canonical: string
  readonly messages: readonly Message[]
}

function seen(body: Uint8Array, options: DecodeOptions = {}): Seen | undefined {
  try {
    const decoded: Message | Batch = decodeMessage(body, options)
    return { canonical: decoded.canonical, messages: decoded.kind === 'batch' ? decoded.messages : [decoded] }
  } catch (refusal) {
    // A body that nobody could take for a message is named as such, and a permission for that name may let it through.
    if (refusal instanceof NotJsonRpc && !refusal.resemblesMessage)
      return { canonical: refusal.canonical, messages: [] }
    if (refusal instanceof SallyportError) return undefined
    throw refusal
  }
}

const judged = ({ messages }: Seen): Run[] =>
  messages.filter(isToolCall).map(({ params }) => ({ tool: params.name, args: params.arguments ?? {} }))

const RUNS = 4_000

describe('what we accept is what the SDKs read', () => {
  it('message for message, with either parser', () => {
    let calls = 0
    fc.assert(
      fc.property(smuggled(), (body) => {
        const ours = seen(body)
        if (ours === undefined) return
        const value: unknown = JSON.parse(ours.canonical)
        // Nothing was hidden from the SDK by what canonical text leaves out.
        expect(JSON.parse(body.toString())).toEqual(value)
        const [message] = ours.messages
        const v1 = JSONRPCMessageSchema.safeParse(value)
        const v2 = readV2(value)
        if (message === undefined) {
          expect(v1.success).toBe(false)
          expect(v2).toBeUndefined()
          return
        }
        for (const theirs of [v1.data, v2]) {
          if (theirs === undefined) continue
          expect('method' in theirs ? theirs.method : null).toBe('method' in message ? message.method : null)
          expect('id' in theirs ? theirs.id : undefined).toBe('id' in message ? message.id : undefined)
        }
        const asCall = CallToolRequestSchema.safeParse(value)
        const asCallV2 = specTypeSchemas.CallToolRequest['~standard'].validate(value)
        if (!isToolCall(message)) {
          expect(asCall.success).toBe(false)
          expect(asCallV2).toHaveProperty('issues')
          return
        }
        calls++
        const { name, arguments: args } = message.params
        if (asCall.success)
          expect(asCall.data.params).toMatchObject({ name, ...(args ? { arguments: args } : {}) })
        if (!('then' in asCallV2) && asCallV2.issues === undefined)
          expect(asCallV2.value.params).toMatchObject({ name, ...(args ? { arguments: args } : {}) })
      }),
      { numRuns: RUNS },
    )
    // The generator does its work: it is not all refused.
    expect(calls).toBeGreaterThan(RUNS / 50)
  })
})

describe.each([
  ['SDK 1', startServerV1],
  ['SDK 2', startServerV2],
])('a server of %s', (_name, start) => {
  let server: SdkServer
  beforeAll(async () => {
    server = await start()
  })
  afterAll(() => server.stop())

  it('runs a tool when it is plainly asked to', async () => {
    const call = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'read', arguments: { a: [1] } },
    }
    expect(await server.feed(JSON.stringify(call))).toEqual([{ tool: 'read', args: { a: [1] } }])
  })

  it('runs, of what we would forward, the judged tool with the judged arguments and none besides', async () => {
    let ran = 0
    await fc.assert(
      fc.asyncProperty(smuggled(), fc.boolean(), async (body, allowBatch) => {
        const ours = seen(body, { allowBatch })
        if (ours === undefined) return
        const runs = await server.feed(ours.canonical)
        ran += runs.length
        const known = judged(ours).filter(({ tool }) => TOOLS.some((name) => name === tool))
        expect(known).toEqual(expect.arrayContaining(runs))
        expect(runs.length).toBeLessThanOrEqual(known.length)
      }),
      { numRuns: RUNS },
    )
    expect(ran).toBeGreaterThan(RUNS / 50)
  })
})

function readV2(value: unknown) {
  try {
    return parseJSONRPCMessage(value)
  } catch {
    return undefined
  }
}
