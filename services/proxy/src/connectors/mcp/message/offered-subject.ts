import { redact } from '@sallyport/inspection'
import { isJsonObject, type Message } from '@sallyport/jsonrpc'
import { LONGEST_URI, readAddress, type Subject } from '@sallyport/policy'

/** Of the things that a server offers, the one a request is about: by the name or the URI that it was sent with. */
export function subjectOf(message: Message): Subject | undefined {
  if (message.kind !== 'request' || !isJsonObject(message.params as never)) return undefined
  const params = message.params as Readonly<Record<string, unknown>>
  switch (message.method) {
    case 'tools/call':
      return named('tool', params['name'])
    case 'prompts/get':
      return named('prompt', params['name'])
    case 'resources/read':
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      return resource(params['uri'])
    case 'completion/complete': {
      const ref = params['ref'] as Readonly<Record<string, unknown>> | null | undefined
      if (ref?.['type'] === 'ref/prompt') return named('prompt', ref['name'])
      return ref?.['type'] === 'ref/resource' ? resource(ref['uri']) : undefined
    }
    default:
      return undefined
  }
}

function named(kind: 'tool' | 'prompt', name: unknown): Subject | undefined {
  return typeof name === 'string' && name !== '' ? { kind, name } : undefined
}

/** A URI may carry a credential, which must not be recorded. */
function resource(uri: unknown): Subject | undefined {
  if (typeof uri !== 'string' || uri === '') return undefined
  return carriesSecret(uri) ? { kind: 'resource', name: uri, secret: true } : { kind: 'resource', name: uri }
}

/** What parsers decode or drop. */
const READ_OTHERWISE = /[%\0-\x20]/

/** Whether a credential is in it, as it is written or as servers read it. A longer one than has a name is not looked at. */
export function carriesSecret(uri: string): boolean {
  if (uri.length > LONGEST_URI) return true
  if (isSecret(uri)) return true
  if (READ_OTHERWISE.test(uri) && isSecret(readAddress(uri).decoded)) return true
  if (!uri.includes('?')) return false
  const { searchParams } = URL.parse(uri) ?? {}
  return searchParams !== undefined && isSecret(Object.fromEntries(searchParams))
}

function isSecret(value: unknown): boolean {
  return redact(value, WHOLE).redactions.length > 0
}

const WHOLE = { stringCharacters: 8192, bytes: 64 * 1024 }
