import type { Upstream } from '@sallyport/control'
import { type Message, memberText, pickMembers, replaceMember, sortedText } from '@sallyport/jsonrpc'

const META = ['params', '_meta'] as const

/** The keys that a revision of MCP defines for the `_meta` of requests and notifications. */
const OF_THE_PROTOCOL: ReadonlySet<string> = new Set([
  'progressToken',
  'io.modelcontextprotocol/protocolVersion',
  'io.modelcontextprotocol/clientInfo',
  'io.modelcontextprotocol/clientCapabilities',
  'io.modelcontextprotocol/logLevel',
  'io.modelcontextprotocol/related-task',
  'io.modelcontextprotocol/model-immediate-response',
  'io.modelcontextprotocol/subscriptionId',
  'traceparent',
  'tracestate',
  'baggage',
])

type Listed = Pick<Upstream, 'metaKeys'>

/** The text of what a message says under the listed keys, which its approval is bound to; null where it says nothing. */
export function boundMeta(message: Message, { metaKeys = [] }: Listed): string | null {
  if (metaKeys.length === 0 || message.kind === 'response') return null
  const meta = memberText(message.canonical, META)
  if (meta === undefined || !meta.startsWith('{')) return null
  const text = pickMembers(meta, (key) => metaKeys.includes(key))
  return text === '{}' ? null : sortedText(text)
}

/**
 * The text of a call that needed a person, as it goes upstream: of its `_meta` only what the protocol defines and what
 * the approval was bound to. Clients fill the rest anew with each call, so nobody can have approved it.
 */
export function withPassedMeta(canonical: string, { metaKeys = [] }: Listed): string {
  const meta = memberText(canonical, META)
  if (meta === undefined) return canonical
  if (!meta.startsWith('{')) return replaceMember(canonical, META, undefined)
  const passed = pickMembers(meta, (key) => OF_THE_PROTOCOL.has(key) || metaKeys.includes(key))
  return passed === meta ? canonical : replaceMember(canonical, META, passed === '{}' ? undefined : passed)
}
