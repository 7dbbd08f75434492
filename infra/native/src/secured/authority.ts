import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineFailed } from '../errors.ts'
import { runCommand } from '../run-command.ts'

/** PEM files of one party. `both` has the key and the certificate in one file, as Kafka wants them. */
export interface Issued {
  readonly cert: string
  readonly key: string
  readonly both: string
}

/** A certificate authority made for one run; nothing of it is kept. */
export interface Authority {
  /** PEM file of its own certificate. */
  readonly ca: string
  /** A certificate for 127.0.0.1 and localhost, or for `host`. */
  issue(name: string, host?: string): Promise<Issued>
}

/** Makes an authority in `folder` with openssl. Throws EngineFailed where there is none. */
export async function makeAuthority(folder: string): Promise<Authority> {
  await mkdir(folder, { recursive: true })
  const file = (name: string) => join(folder, name)
  const ca = file('ca.pem')
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  await openssl(
    ...['req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=Sallyport test authority'],
    ...['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign'],
    ...['-keyout', file('ca.key'), '-out', ca],
  )
  return {
    ca,
    async issue(name, host) {
      const [cert, key, both, request, extensions] = ['pem', 'key', 'both.pem', 'csr', 'ext'].map((end) =>
        file(`${name}.${end}`),
      ) as [string, string, string, string, string]
      await openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', key, '-out', request)
      const names = host === undefined ? 'IP:127.0.0.1,DNS:localhost' : `DNS:${host}`
      await writeFile(extensions, `subjectAltName=${names}\nextendedKeyUsage=serverAuth,clientAuth\n`)
      await openssl(
        ...['x509', '-req', '-in', request, '-CA', ca, '-CAkey', file('ca.key'), '-CAcreateserial'],
        ...['-days', '2', '-extfile', extensions, '-out', cert],
      )
      await writeFile(both, (await readFile(key, 'utf8')) + (await readFile(cert, 'utf8')))
      await chmod(both, 0o600)
      return { cert, key, both }
    },
  }
}

async function openssl(...args: string[]): Promise<void> {
  const { ok, output } = await runCommand('openssl', args)
  if (!ok) throw new EngineFailed('openssl', `${args[0]} failed (${output.trim().split('\n').at(-1)})`)
}
