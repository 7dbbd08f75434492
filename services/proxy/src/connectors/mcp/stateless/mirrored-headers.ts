import { isJsonObject, type JsonValue, type Message, memberText, type Request } from '@sallyport/jsonrpc'
import type { ProtocolRefusal } from '../../../domain/protocol-refusal.ts'
import { claimedVersion, envelopeRefusal, versionRefusal } from '../message/envelope.ts'
import { headerMismatch } from '../message/protocol-refusal.ts'
import { decodeHeaderValue, encodeHeaderValue } from './header-value.ts'
import { disagreeingParamHeader, emitParamHeaders, type ParamHeader } from './param-headers.ts'

/**
 * Header fields that repeat what the body of a stateless message says, for those who route by them (MCP 2026-07-28,
 * Streamable HTTP, Standard Request Headers). The body counts: they are compared with it, dropped, and written anew.
 */
export interface MirroredFields {
  readonly version: string | null
  readonly method: string | undefined
  readonly name: string | undefined
  /** By the name of the field, in any case. */
  of(field: string): string | undefined
}

/** The parameter that `Mcp-Name` repeats. Those of tasks are set by their extension, SEP-2663. */
const NAME_SOURCES: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
}

/** Why a stateless message is not accepted; without fields, as on stdio, only its envelope counts. */
export function statelessRefusal(
  message: Message | null,
  fields: MirroredFields | null,
): ProtocolRefusal | undefined {
  const malformed = envelopeRefusal(message)
  if (malformed !== undefined || message === null || message.kind === 'response') return malformed
  const { kind, method } = message
  const claimed = claimedVersion(message)
  const version = typeof claimed === 'string' ? claimed : (fields?.version ?? '')
  if (fields?.version !== null && fields?.version !== undefined && fields.version !== version)
    return headerMismatch('MCP-Protocol-Version', 'names another revision than the body')
  if (fields?.method !== undefined && fields.method !== method)
    return headerMismatch('Mcp-Method', 'names another method than the body')
  const unsupported = versionRefusal(version)
  if (unsupported !== undefined || fields === null || kind === 'notification') return unsupported

  if (fields.version === null) return headerMismatch('MCP-Protocol-Version', 'is missing')
  if (fields.method === undefined) return headerMismatch('Mcp-Method', 'is missing')
  return nameRefusal(mirroredName(message), fields.name)
}

function nameRefusal(name: string | undefined, header: string | undefined): ProtocolRefusal | undefined {
  if (name === undefined) return undefined
  if (header === undefined) return headerMismatch('Mcp-Name', 'is missing')
  const said = decodeHeaderValue(header)
  if (said === undefined) return headerMismatch('Mcp-Name', 'is not encoded as it should be')
  return said === name ? undefined : headerMismatch('Mcp-Name', 'names something else than the body')
}

type Named = Pick<Request, 'method' | 'params'>

/** Why the fields of a stateless tools/call do not fit its arguments. */
export function paramRefusal(
  message: Named,
  declared: readonly ParamHeader[],
  fields: MirroredFields,
): ProtocolRefusal | undefined {
  const args = paramOf(message, 'arguments')
  const wrong = disagreeingParamHeader(declared, args, (field) => fields.of(field))
  if (wrong === undefined) return undefined
  const missing = fields.of(wrong.field) === undefined
  return headerMismatch(wrong.field, missing ? 'is missing' : 'says something else than the body')
}

/**
 * The fields for a stateless message as it goes upstream, names and values in turn. `text` is what goes: its arguments
 * may have been rewritten since the message was read.
 */
export function mirroredHeaders(
  message: Named,
  version: string,
  declared: readonly ParamHeader[],
  text: string,
): string[] {
  const headers = ['mcp-protocol-version', version, 'mcp-method', encodeHeaderValue(message.method)]
  const name = mirroredName(message)
  if (name !== undefined) headers.push('mcp-name', encodeHeaderValue(name))
  if (declared.length === 0) return headers
  const args = memberText(text, ['params', 'arguments'])
  if (args !== undefined) headers.push(...emitParamHeaders(declared, JSON.parse(args)))
  return headers
}

function mirroredName(message: Named): string | undefined {
  const source = Object.hasOwn(NAME_SOURCES, message.method) ? NAME_SOURCES[message.method] : undefined
  const name = source === undefined ? undefined : paramOf(message, source)
  return typeof name === 'string' ? name : undefined
}

function paramOf({ params }: Named, key: string): JsonValue | undefined {
  const members = params as JsonValue | undefined
  return isJsonObject(members) && Object.hasOwn(members, key) ? members[key] : undefined
}
