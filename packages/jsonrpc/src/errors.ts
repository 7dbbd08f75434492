import { SallyportError } from '@sallyport/runtime'
import type { JsonValue } from './json-value.ts'

/** Why a text is not strict JSON. Stable words: they end up in events and answers. */
export type StrictJsonRule = keyof typeof STRICT_JSON_RULES

const STRICT_JSON_RULES = {
  utf8: 'the bytes are not UTF-8',
  bom: 'a byte order mark is not allowed',
  'unexpected-end': 'the text ends inside a value',
  'unexpected-character': 'a character that RFC 8259 does not allow here',
  'trailing-data': 'data after the value',
  'control-character': 'an unescaped control character in a string',
  'invalid-escape': 'an escape that RFC 8259 does not know',
  'lone-surrogate': 'half of a surrogate pair in a string',
  'number-range': 'a number too large for a double',
  'number-length': 'a number with too many digits',
  'duplicate-key': 'a key that occurs twice in its object',
  'unsafe-key': 'a key that some parsers treat as an object prototype',
  'nul-in-key': 'a NUL in a key',
  'lookalike-key': 'a key that other parsers take for a protocol key',
} as const

/** The bytes are not JSON that every parser reads alike; they are never forwarded. */
export class NotStrictJson extends SallyportError {
  readonly rule: StrictJsonRule
  /** JSON Pointer (RFC 6901) of the value or key at fault, shortened; empty for the whole text. */
  readonly place: string
  /** The rule in words. */
  readonly what: string

  constructor(rule: StrictJsonRule, place: string, options?: ErrorOptions) {
    const where = place === '' ? '' : ` at ${place}`
    super('SP_JSON_NOT_STRICT', 'invalid', `not strict JSON: ${STRICT_JSON_RULES[rule]}${where}`, options)
    this.rule = rule
    this.place = place
    this.what = STRICT_JSON_RULES[rule]
  }
}

/** Why valid JSON is not a JSON-RPC message as MCP sends it. */
export type JsonRpcRule = keyof typeof JSON_RPC_RULES

const JSON_RPC_RULES = {
  'not-an-object': 'a message is an object',
  version: 'jsonrpc must be "2.0"',
  'unknown-member': 'a member that JSON-RPC does not know',
  mixed: 'a message is a request, a notification or a response, never a mix',
  shapeless: 'neither method nor result nor error',
  method: 'method must be a non-empty string',
  id: 'id must be a string of at most 4096 characters or a safe integer',
  params: 'params must be an object or an array',
  error: 'error must have an integer code and a string message',
  'call-without-id': 'tools/call must be a request with an id',
  'call-name': 'params.name of tools/call must be a string',
  'call-arguments': 'params.arguments of tools/call must be an object',
  'empty-batch': 'a batch must hold at least one message',
  'not-in-a-batch': 'a message of this kind is never part of a batch',
} as const

/**
 * Strict JSON that is not a JSON-RPC message. It keeps the value (not enumerable, so that no logger prints
 * it) for the proxy to govern as `mcp.rpc.unknown`.
 */
export class NotJsonRpc extends SallyportError {
  readonly rule: JsonRpcRule
  readonly place: string
  /** The rule in words. */
  readonly what: string
  readonly #value: JsonValue
  readonly #canonical: string
  readonly #rounded: true | undefined

  constructor(
    rule: JsonRpcRule,
    place: string,
    body: { readonly value: JsonValue; readonly canonical: string; readonly rounded?: true },
  ) {
    const where = place === '' ? '' : ` at ${place}`
    super('SP_JSONRPC_INVALID', 'invalid', `not a JSON-RPC message: ${JSON_RPC_RULES[rule]}${where}`)
    this.rule = rule
    this.place = place
    this.what = JSON_RPC_RULES[rule]
    this.#value = body.value
    this.#canonical = body.canonical
    this.#rounded = body.rounded
  }

  get value(): JsonValue {
    return this.#value
  }

  get canonical(): string {
    return this.#canonical
  }

  /** Whether a number in `value` is not written as in `canonical`. */
  get rounded(): boolean {
    return this.#rounded === true
  }

  /**
   * True when the body carries a protocol member (in an object, or in any object of an array), so that a lenient peer
   * could still act on it. Such a body is never forwarded, even with a permission for `mcp.rpc.unknown`: it would be a
   * tools/call under another name.
   */
  get resemblesMessage(): boolean {
    const bodies = Array.isArray(this.#value) ? this.#value.flat(64) : [this.#value]
    return bodies.some(
      (body) =>
        typeof body === 'object' && body !== null && PROTOCOL_MEMBERS.some((key) => Object.hasOwn(body, key)),
    )
  }
}

const PROTOCOL_MEMBERS = ['jsonrpc', 'method', 'result', 'error']

/** A JSON-RPC batch where the revision spoken has none (only 2025-03-26 does). */
export class BatchRefused extends SallyportError {
  constructor() {
    super('SP_JSONRPC_BATCH', 'invalid', 'a JSON-RPC batch is not allowed at this protocol revision')
  }
}

/** The request's Content-Type is not application/json in UTF-8; HTTP answers 415. */
export class ContentTypeRefused extends SallyportError {
  constructor() {
    super('SP_CONTENT_TYPE', 'invalid', 'Content-Type must be application/json, with charset utf-8 or none')
  }
}

/** The request's body is compressed; HTTP answers 415. */
export class ContentEncodingRefused extends SallyportError {
  constructor() {
    super('SP_CONTENT_ENCODING', 'invalid', 'a Content-Encoding other than identity is not allowed')
  }
}

/** An event stream has a frame larger than the cap; the stream cannot be read on. */
export class SseFrameTooLarge extends SallyportError {
  constructor(maxLength: number) {
    super(
      'SP_SSE_FRAME_TOO_LARGE',
      'exhausted',
      `an event stream frame is longer than ${maxLength} characters`,
    )
  }
}

/** An event stream is not UTF-8; the stream cannot be read on. */
export class SseNotUtf8 extends SallyportError {
  constructor(options?: ErrorOptions) {
    super('SP_SSE_NOT_UTF8', 'invalid', 'the event stream is not UTF-8', options)
  }
}

/** A frame to be written has a field that would break out of its line. */
export class SseFieldInvalid extends SallyportError {
  constructor(field: 'event' | 'id' | 'retry') {
    super('SP_SSE_FIELD_INVALID', 'internal', `the ${field} field of an event stream frame cannot be written`)
  }
}

/** A value was to be written into JSON text at a path that leads to no object and no existing element. */
export class JsonPathBroken extends SallyportError {
  constructor() {
    super(
      'SP_JSON_PATH',
      'internal',
      'a path into JSON text leads through a value that is not an object or an existing element',
    )
  }
}

/** An operation of a JSON Patch cannot be carried out on the value that it is for; nothing was changed. */
export class PatchRefused extends SallyportError {
  constructor(at: number, why: string) {
    super('SP_PATCH_REFUSED', 'invalid', `operation ${at + 1} of the patch cannot be carried out: ${why}`)
  }
}
