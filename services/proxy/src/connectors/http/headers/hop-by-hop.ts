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

/** What goes on to the next hop: neither what is always about one connection, nor what `Connection` names. */
export function endToEnd(fields: readonly Field[]): Field[] {
  const named = new Set(
    fields
      .filter(([name]) => name === 'connection')
      .flatMap(([, value]) => value.toLowerCase().split(','))
      .map((option) => option.trim()),
  )
  return fields.filter(([name]) => !ALWAYS.has(plainName(name)) && !named.has(name))
}
