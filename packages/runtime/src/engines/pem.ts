import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Variable } from '../config.ts'

/** A certificate with its private key, both PEM. */
export interface KeyPair {
  readonly cert: Buffer
  readonly key: Buffer
}

/** How one side of a TLS connection is told from others; PEM. Without `ca` the authorities of the system are trusted. */
export interface TlsMaterial extends Partial<KeyPair> {
  readonly ca?: Buffer
}

/** A file with one or more certificates in PEM, read once. Null where it is left out. */
export function certificateFile(name: string, describe: string): Variable<Buffer | null> {
  return pemFile(name, describe, 'certificate', (pem) => new X509Certificate(pem))
}

/** A file with a private key in PEM, read once. Null where it is left out. */
export function privateKeyFile(name: string, describe: string): Variable<Buffer | null> {
  return pemFile(name, describe, 'private key', (pem) => createPrivateKey(pem))
}

function pemFile(
  name: string,
  describe: string,
  what: string,
  read: (pem: Buffer) => unknown,
): Variable<Buffer | null> {
  return {
    name,
    describe,
    fallback: '',
    parse(path) {
      if (path === '') return null
      let pem: Buffer
      try {
        pem = readFileSync(path)
      } catch {
        throw new Error('names a file that cannot be read')
      }
      try {
        read(pem)
      } catch {
        throw new Error(`names a file without a ${what} in PEM`)
      }
      return pem
    },
  }
}

/** The faults of a certificate and key that were given as two variables. */
export function pairFaults(
  [certName, cert]: readonly [string, Buffer | null],
  [keyName, key]: readonly [string, Buffer | null],
): string[] {
  if (cert === null && key === null) return []
  if (cert === null) return [`${certName} is required with ${keyName}`]
  if (key === null) return [`${keyName} is required with ${certName}`]
  const matches = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))
  return matches ? [] : [`${keyName} is not the private key of ${certName}`]
}

export function pairOf(cert: Buffer | null, key: Buffer | null): Partial<KeyPair> {
  return cert === null || key === null ? {} : { cert, key }
}
