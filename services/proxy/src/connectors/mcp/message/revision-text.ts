import type { JsonValue } from '@sallyport/jsonrpc'
import { cut } from '../../../domain/recorded-text.ts'

/** What a message says its revision is, as the record holds it; null for what is no text. */
export function revisionText(version: JsonValue | undefined): string | null {
  return typeof version === 'string' && version !== '' ? cut(version) : null
}
