import { readFileSync } from 'node:fs'
import type { ClientTls } from './channel.ts'
import type { ServerTls } from './serve.ts'

/** The PEM files of a gRPC server, as configuration names them; null where there is none. */
export interface ServerTlsFiles {
  readonly certificate: string | null
  readonly privateKey: string | null
  readonly ca: string | null
}

/** Reads them once, at the start. Without a certificate and its key the server speaks plain text. */
export function readServerTls({ certificate, privateKey, ca }: ServerTlsFiles): { tls?: ServerTls } {
  if (certificate === null || privateKey === null) return {}
  const pair = { cert: readFileSync(certificate), key: readFileSync(privateKey) }
  return { tls: ca === null ? pair : { ...pair, ca: readFileSync(ca) } }
}

/** The authority a client trusts. Without one it speaks plain text. */
export function readClientTls(ca: string | null): { tls?: ClientTls } {
  return ca === null ? {} : { tls: { ca: readFileSync(ca) } }
}
