import { elementTexts } from './canonical-text.ts'
import { type DecodedJson, decodeJson } from './decode-json.ts'
import { BatchRefused, type JsonRpcRule, NotJsonRpc, NotStrictJson } from './errors.ts'
import type { JsonLimits } from './json-limits.ts'
import { jsonPointer } from './json-pointer.ts'
import { isJsonObject, type JsonArray, type JsonObject, type JsonValue } from './json-value.ts'
import { TooManyArguments } from './limit-errors.ts'
import { findLookalike } from './lookalike-keys.ts'
import type { Batch, Decoded, Message, RequestId, Response, RpcError } from './message.ts'

export interface DecodeOptions extends JsonLimits {
  /** Only where the peers negotiated 2025-03-26, the one revision with batches. Default false. */
  readonly allowBatch?: boolean
  /** Arguments of a tools/call. Default 1000. */
  readonly maxArguments?: number
}

/**
 * Reads one JSON-RPC message as MCP sends it, from a body, the data of an event-stream frame or a stdio line.
 * Throws NotStrictJson or the error of a limit (never forward), NotJsonRpc (govern as `mcp.rpc.unknown`) or
 * BatchRefused.
 */
export function decodeMessage(
  source: Uint8Array | string,
  options?: DecodeOptions & { readonly allowBatch?: false },
): Message
export function decodeMessage(source: Uint8Array | string, options: DecodeOptions): Message | Batch
export function decodeMessage(source: Uint8Array | string, options: DecodeOptions = {}): Message | Batch {
  return messageIn(decodeJson(source, options), options)
}

/** What the whole of a JSON text says as a message. Throws NotStrictJson, NotJsonRpc or BatchRefused. */
export function messageIn(body: DecodedJson, options: DecodeOptions): Message | Batch {
  if (!Array.isArray(body.value)) return toMessage(body, [], body, options.maxArguments)
  if (!options.allowBatch) throw new BatchRefused()
  return toBatch(body, body.value, options.maxArguments)
}

function toBatch(body: DecodedJson, values: JsonArray, maxArguments?: number): Batch {
  if (values.length === 0) throw new NotJsonRpc('empty-batch', '', body)
  const texts = [...elementTexts(body.canonical)]
  const messages = values.map((value, i) =>
    toMessage({ ...body, value, canonical: texts[i] ?? '' }, [i], body, maxArguments),
  )
  return { kind: 'batch', messages, canonical: body.canonical }
}

const DEFAULT_MAX_ARGUMENTS = 1000

const MEMBERS = new Set(['jsonrpc', 'id', 'method', 'params', 'result', 'error'])

function toMessage(
  text: DecodedJson,
  path: (string | number)[],
  body: DecodedJson,
  maxArguments = DEFAULT_MAX_ARGUMENTS,
): Message {
  const { value } = text
  const refuse = (rule: JsonRpcRule, ...inside: string[]): never => {
    throw new NotJsonRpc(rule, jsonPointer([...path, ...inside]), body)
  }
  if (!isJsonObject(value)) return refuse('not-an-object')
  // Checked before any rule of JSON-RPC. A message that breaks a rule may be governed; one that looks like two messages
  // may not.
  const lookalike = findLookalike(value)
  if (lookalike) throw new NotStrictJson('lookalike-key', jsonPointer([...path, ...lookalike]))

  const stranger = Object.keys(value).find((key) => !MEMBERS.has(key))
  if (stranger !== undefined) return refuse('unknown-member', stranger)
  if (value['jsonrpc'] !== '2.0') return refuse('version', 'jsonrpc')
  const shapes = ['method', 'result', 'error'].filter((key) => key in value)
  if (shapes.length === 0) return refuse('shapeless')
  if (shapes.length > 1) return refuse('mixed')
  const decoded = { ...text, value }
  if ('method' in value) return toCall(decoded, maxArguments, refuse)
  if ('params' in value) return refuse('mixed', 'params')
  return toResponse(decoded, refuse)
}

type Refuse = (rule: JsonRpcRule, ...inside: string[]) => never

function toCall(decoded: Decoded, maxArguments: number, refuse: Refuse): Message {
  const { id, method, params } = decoded.value
  if (typeof method !== 'string' || method === '') return refuse('method', 'method')
  if (id !== undefined && !isRequestId(id)) return refuse('id', 'id')
  if (params !== undefined && !isStructure(params)) return refuse('params', 'params')
  if (method === 'tools/call') checkToolCall(id, params, maxArguments, refuse)
  const call = { method, ...(params === undefined ? {} : { params }), ...decoded }
  return id === undefined ? { kind: 'notification', ...call } : { kind: 'request', id, ...call }
}

function checkToolCall(
  id: JsonValue | undefined,
  params: JsonValue | undefined,
  maxArguments: number,
  refuse: Refuse,
): void {
  // Some servers run a tools/call notification and answer nobody.
  if (id === undefined) refuse('call-without-id')
  const { name, arguments: args } = isJsonObject(params) ? params : {}
  if (typeof name !== 'string') refuse('call-name', 'params', 'name')
  if (args === undefined) return
  if (!isJsonObject(args)) refuse('call-arguments', 'params', 'arguments')
  else if (Object.keys(args).length > maxArguments) throw new TooManyArguments(maxArguments)
}

function toResponse(decoded: Decoded, refuse: Refuse): Response {
  const { id, result, error } = decoded.value
  if (result !== undefined) {
    if (!isRequestId(id)) return refuse('id', 'id')
    return { kind: 'response', id, result, ...decoded }
  }
  if (id !== undefined && id !== null && !isRequestId(id)) return refuse('id', 'id')
  if (!isRpcError(error)) return refuse('error', 'error')
  // MCP 2025-11-25 makes the id of an error optional; JSON-RPC 2.0 section 5 writes null.
  return { kind: 'response', id: id ?? null, error, ...decoded }
}

/** Each id is tagged, compared and told again under way, and whoever sends it chooses how long it is. */
const LONGEST_ID = 4096

function isRequestId(id: JsonValue | undefined): id is RequestId {
  return typeof id === 'string' ? id.length <= LONGEST_ID : Number.isSafeInteger(id)
}

function isStructure(params: JsonValue): params is JsonObject | JsonArray {
  return typeof params === 'object' && params !== null
}

function isRpcError(error: JsonValue | undefined): error is JsonObject & RpcError {
  return isJsonObject(error) && Number.isSafeInteger(error['code']) && typeof error['message'] === 'string'
}
