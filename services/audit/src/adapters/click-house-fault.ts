import { messageOf, textsOf, tlsRefusal } from '@sallyport/runtime'

/** By ClickHouse's own numbers of errors, which the client gives as the code. */
const REFUSALS: Readonly<Record<string, string>> = {
  '516':
    'ClickHouse refused the user or the password (SALLYPORT_CLICKHOUSE_USER, SALLYPORT_CLICKHOUSE_PASSWORD, or those in SALLYPORT_CLICKHOUSE_URL)',
  '497': 'ClickHouse does not let its user do this (grants)',
  '81': 'ClickHouse does not have the database of SALLYPORT_CLICKHOUSE_URL',
}

/** Why ClickHouse does not answer, naming the part that is refused where one is. */
export function clickhouseFault(thrown: unknown): string {
  const tls = tlsRefusal(thrown)
  if (tls !== undefined)
    return `TLS with ClickHouse failed: ${tls} (SALLYPORT_CLICKHOUSE_CA, SALLYPORT_CLICKHOUSE_CERT)`
  const code = [...textsOf(thrown)].find((text) => text in REFUSALS)
  return code === undefined ? messageOf(thrown) : (REFUSALS[code] ?? messageOf(thrown))
}
