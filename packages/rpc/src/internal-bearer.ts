import { createHash, timingSafeEqual } from 'node:crypto'
import { Metadata } from '@grpc/grpc-js'
import { InternalTokenRefused } from './errors.ts'

/** The bearer our services ask of each other: text as it is, a derived key as base64url. */
export type InternalToken = string | Uint8Array

export function bearerMetadata(token: InternalToken): Metadata {
  const metadata = new Metadata()
  metadata.set('authorization', headerOf(token))
  return metadata
}

/** Throws `InternalTokenRefused` unless the metadata carries the token; takes the same time for every wrong one. */
export function bearerCheck(token: InternalToken): (metadata: Metadata) => void {
  const expected = digest(headerOf(token))
  return (metadata) => {
    const given = metadata.get('authorization')
    const text = given.length === 1 ? String(given[0]) : ''
    if (!timingSafeEqual(digest(text), expected)) throw new InternalTokenRefused()
  }
}

function headerOf(token: InternalToken): string {
  return `Bearer ${typeof token === 'string' ? token : Buffer.from(token).toString('base64url')}`
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
