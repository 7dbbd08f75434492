import { isJsonObject, type JsonObject, type JsonValue, type Message, RPC_CODES } from '@sallyport/jsonrpc'
import type { Client } from '../../../domain/action.ts'
import type { ProtocolRefusal } from '../../../domain/protocol-refusal.ts'
import { cut } from '../../../domain/recorded-text.ts'
import { MCP_CODES } from './protocol-refusal.ts'
import { isStatelessVersion, STATELESS_VERSIONS } from './protocol-versions.ts'

/** The members of `params._meta` in every message of the era without a handshake (MCP 2026-07-28, Lifecycle). */
const KEYS = {
  version: 'io.modelcontextprotocol/protocolVersion',
  capabilities: 'io.modelcontextprotocol/clientCapabilities',
  client: 'io.modelcontextprotocol/clientInfo',
} as const

/**
 * `handshake`: one came first, and a session may lie behind the message. `stateless`: each request stands for itself.
 */
export type Era = 'handshake' | 'stateless'

/**
 * The body decides. A header alone makes a message stateless when its body claims no revision; such a request is
 * refused later. A handshake stays a handshake with any header.
 */
export function eraOf(message: Message | null, versionHeader: string | null): Era {
  const claimed = claimedVersion(message)
  if (typeof claimed === 'string') return isStatelessVersion(claimed) ? 'stateless' : 'handshake'
  if (claimed !== undefined) return 'stateless'
  if (message?.kind === 'request' && message.method === 'initialize') return 'handshake'
  return versionHeader !== null && isStatelessVersion(versionHeader) ? 'stateless' : 'handshake'
}

/** The revision that the body claims; undefined where it claims none. */
export function claimedVersion(message: Message | null): JsonValue | undefined {
  return metaOf(message)?.[KEYS.version]
}

/**
 * The client that sends it, if it names one. Only texts are taken over: an object may have a toString of the agent's
 * making.
 */
export function envelopeClient(message: Message | null): Client | null {
  const info = metaOf(message)?.[KEYS.client]
  if (!isJsonObject(info)) return null
  const { name, version } = info
  return {
    name: typeof name === 'string' ? cut(name) : '',
    version: typeof version === 'string' ? cut(version) : '',
  }
}

/** The abilities that the client declares. Empty where it says nothing. */
export function clientCapabilities(message: Message | null): JsonObject {
  const capabilities = metaOf(message)?.[KEYS.capabilities]
  return isJsonObject(capabilities) ? capabilities : {}
}

/** The `_meta` of a request of our own. */
export function ownEnvelope(version: string): JsonObject {
  return {
    [KEYS.version]: version,
    [KEYS.capabilities]: {},
    [KEYS.client]: { name: 'sallyport', version: '0.1.0' },
  }
}

/** Why the envelope of a stateless message cannot be accepted. Notifications need none. */
export function envelopeRefusal(message: Message | null): ProtocolRefusal | undefined {
  if (message === null || message.kind === 'response')
    return refused(RPC_CODES.invalidRequest, 'this revision takes requests and notifications only')
  const meta = metaOf(message) ?? {}
  const version = meta[KEYS.version]
  if (message.kind === 'notification' && version === undefined) return undefined

  const missing = [KEYS.version, KEYS.capabilities].filter((key) => meta[key] === undefined)
  if (message.kind === 'request' && missing.length > 0) {
    const text = `params._meta lacks what this revision requires: ${missing.join(', ')}`
    return refused(RPC_CODES.invalidParams, text, { envelope: { missing } })
  }
  const malformed =
    typeof version !== 'string'
      ? KEYS.version
      : [KEYS.capabilities, KEYS.client].find((key) => meta[key] !== undefined && !isJsonObject(meta[key]))
  if (malformed === undefined) return undefined
  return refused(RPC_CODES.invalidParams, `params._meta has a malformed ${malformed}`, {
    envelope: { key: malformed, problem: 'malformed' },
  })
}

/**
 * Refuses a revision to come: the meaning of its messages is not known. The list tells clients what to fall back to.
 */
export function versionRefusal(version: string): ProtocolRefusal | undefined {
  if (STATELESS_VERSIONS.includes(version)) return undefined
  return refused(MCP_CODES.unsupportedVersion, 'Unsupported protocol version', {
    supported: [...STATELESS_VERSIONS],
    requested: cut(version),
  })
}

function metaOf(message: Message | null): JsonObject | undefined {
  if (message === null || message.kind === 'response') return undefined
  const params = message.params as JsonValue | undefined
  const meta = isJsonObject(params) ? params['_meta'] : undefined
  return isJsonObject(meta) ? meta : undefined
}

function refused(code: number, message: string, data?: JsonObject): ProtocolRefusal {
  return { status: 400, code, message, ...(data === undefined ? {} : { data }) }
}
