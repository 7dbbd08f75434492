import type { Client } from '../../../domain/action.ts'
import { cut } from '../../../domain/recorded-text.ts'

/** RFC 9110, section 10.1.5: the first product names the client. */
const PRODUCT = /^([!#$%&'*+.^_`|~A-Za-z0-9-]+)(?:\/([!#$%&'*+.^_`|~A-Za-z0-9-]+))?/

export function clientOf(userAgent: string | undefined): Client | null {
  const product = PRODUCT.exec(userAgent ?? '')
  return product === null ? null : { name: cut(product[1] ?? ''), version: cut(product[2] ?? '') }
}
