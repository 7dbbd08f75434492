import type { ConfigOf, ConfigSpec } from '../config.ts'
import { optionalText, text } from '../variables.ts'
import { certificateFile, pairFaults, pairOf, privateKeyFile, type TlsMaterial } from './pem.ts'

/** How the audit process of a fleet reaches ClickHouse. */
export const clickhouseSpec = {
  clickhouse: {
    url: optionalText(
      'SALLYPORT_CLICKHOUSE_URL',
      'The ClickHouse server, http[s]://user:password@host:port/database; without it ClickHouse runs embedded',
      { secret: true },
    ),
    user: optionalText('SALLYPORT_CLICKHOUSE_USER', 'The user there, instead of one in the address'),
    password: optionalText('SALLYPORT_CLICKHOUSE_PASSWORD', 'The password of that user', { secret: true }),
    ca: certificateFile(
      'SALLYPORT_CLICKHOUSE_CA',
      "PEM file of the authority that signs the server's certificate; none: the system's authorities",
    ),
    certificate: certificateFile(
      'SALLYPORT_CLICKHOUSE_CERT',
      'PEM file of the certificate by which the server knows the user, instead of a password',
    ),
    privateKey: privateKeyFile('SALLYPORT_CLICKHOUSE_KEY', 'PEM file of the private key of that certificate'),
    data: text('SALLYPORT_CLICKHOUSE_DATA', 'The folder of the embedded ClickHouse', {
      fallback: '.sallyport/clickhouse',
    }),
  },
} as const satisfies ConfigSpec

export type ClickHouseSettings = ConfigOf<typeof clickhouseSpec>['clickhouse']

/** A server to talk to, by `user` unless the address names one. */
export interface ClickHouseServer {
  readonly url: string
  readonly user?: string
  readonly password?: string
  readonly tls?: TlsMaterial
}

/** Null where ClickHouse runs embedded. */
export function clickhouseServer(settings: ClickHouseSettings): ClickHouseServer | null {
  if (settings.url === null) return null
  const { ca, certificate, privateKey } = settings
  const url = new URL(settings.url)
  const user = settings.user ?? (decodeURIComponent(url.username) || 'default')
  const password = settings.password ?? decodeURIComponent(url.password)
  url.username = ''
  url.password = ''
  const tls = { ...(ca === null ? {} : { ca }), ...pairOf(certificate, privateKey) }
  return { url: url.href, user, password, tls }
}

export function clickhouseFaults(settings: ClickHouseSettings): string[] {
  const { url: text, user, password, ca, certificate, privateKey } = settings
  const faults = pairFaults(
    ['SALLYPORT_CLICKHOUSE_CERT', certificate],
    ['SALLYPORT_CLICKHOUSE_KEY', privateKey],
  )
  const url = text !== null && URL.canParse(text) ? new URL(text) : null
  if (text !== null && !(url && /^https?:$/.test(url.protocol)))
    faults.push('SALLYPORT_CLICKHOUSE_URL must be an http or https address')
  if (text === null && (user ?? password ?? ca ?? certificate) !== null)
    faults.push('SALLYPORT_CLICKHOUSE_URL is required with the other variables of a ClickHouse server')
  if (url && url.username !== '' && user !== null)
    faults.push('SALLYPORT_CLICKHOUSE_USER and the user in SALLYPORT_CLICKHOUSE_URL exclude each other')
  if (url && url.password !== '' && password !== null)
    faults.push(
      'SALLYPORT_CLICKHOUSE_PASSWORD and the password in SALLYPORT_CLICKHOUSE_URL exclude each other',
    )
  if (certificate !== null && ca === null)
    faults.push('SALLYPORT_CLICKHOUSE_CA is required with SALLYPORT_CLICKHOUSE_CERT')
  if (certificate !== null && (password !== null || (url && url.password !== '')))
    faults.push('SALLYPORT_CLICKHOUSE_CERT stands for a password, so there must be none')
  if (url?.protocol === 'http:' && (ca ?? certificate) !== null)
    faults.push(
      'SALLYPORT_CLICKHOUSE_URL must be https with SALLYPORT_CLICKHOUSE_CA or SALLYPORT_CLICKHOUSE_CERT',
    )
  return faults
}

/** Whether every request carries a password. */
export function clickhouseSendsSecret(settings: ClickHouseSettings): boolean {
  return (clickhouseServer(settings)?.password ?? '') !== ''
}
