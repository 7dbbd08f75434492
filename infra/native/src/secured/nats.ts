import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type NativeNats, startNats } from '../nats.ts'
import type { Authority } from './authority.ts'

export interface SecuredNatsOptions {
  /** Lines of nats-server's configuration that say who is let in. */
  readonly who: string
  /** Whether clients have to show a certificate. */
  readonly mutual?: boolean
}

/** A server that takes TLS alone. `folder` takes its configuration. */
export async function startSecuredNats(
  authority: Authority,
  folder: string,
  { who, mutual = false }: SecuredNatsOptions,
): Promise<NativeNats> {
  const { cert, key } = await authority.issue('nats')
  const config = join(folder, 'nats.conf')
  const tls = `cert_file: "${cert}", key_file: "${key}", ca_file: "${authority.ca}", verify: ${mutual}`
  await writeFile(config, `tls { ${tls} }\n${who}\n`, { mode: 0o600 })
  return startNats({ config })
}
