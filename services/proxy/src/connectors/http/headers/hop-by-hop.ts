import { type Field, plainName } from './field.ts'

/** RFC 9110, section 7.6.1: they are about one connection and not about the message. */
const ALWAYS: ReadonlySet<string> = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
])

/**
 * The fields that go on to the next hop. Fields about one connection do not, and fields that `Connection` names do not.
 */
export function endToEnd(fields: readonly Field[]): Field[] {
  const named = new Set(
    fields
      .filter(([name]) => name === 'connection')
      .flatMap(([, value]) => value.toLowerCase().split(','))
      .map((option) => option.trim()),
  )
  return fields.filter(([name]) => !ALWAYS.has(plainName(name)) && !named.has(name))
}
