import type { JsonValue } from '@sallyport/jsonrpc'
import { cut } from '../../../domain/recorded-text.ts'

/** The revision of a message as the record holds it. Null for a value that is not a text. */
export function revisionText(version: JsonValue | undefined): string | null {
  return typeof version === 'string' && version !== '' ? cut(version) : null
}
