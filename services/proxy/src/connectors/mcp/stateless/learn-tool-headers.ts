import { isJsonObject, type JsonValue, type Message } from '@sallyport/jsonrpc'
import type { McpCall } from '../message/call.ts'
import type { ToolHeaders } from './tool-headers.ts'

interface Parts {
  readonly toolHeaders: ToolHeaders
}

/** A list on its way to a stateless client tells which arguments its tools want mirrored. */
export function learnToolHeaders({ toolHeaders }: Parts, call: McpCall, message: Message): void {
  if (call.era !== 'stateless' || call.method !== 'tools/list') return
  if (message.kind !== 'response' || !('result' in message) || !isJsonObject(message.result)) return
  const { tools, ttlMs } = message.result
  if (!Array.isArray(tools)) return
  toolHeaders.observe(call, tools as readonly JsonValue[], typeof ttlMs === 'number' ? ttlMs : null)
}

/** A 400 may say that the fields were not those that the tool wants now: they are asked for again at the next call. */
export function forgetToolHeaders({ toolHeaders }: Parts, call: McpCall, status: number): void {
  if (status === 400 && call.era === 'stateless' && call.method === 'tools/call') toolHeaders.forget(call)
}
