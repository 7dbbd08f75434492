import type { ConfigOf, ConfigSpec } from '../config.ts'
import { list, oneOf, optionalText } from '../variables.ts'
import { certificateFile, pairFaults, pairOf, privateKeyFile, type TlsMaterial } from './pem.ts'
import { words } from './words.ts'

/** How a fleet reaches Kafka. */
export const kafkaSpec = {
  kafka: {
    brokers: list('SALLYPORT_KAFKA_BROKERS', 'The Kafka brokers of the log, host:port, comma-separated'),
    tls: oneOf('SALLYPORT_KAFKA_TLS', 'Whether Kafka is spoken to over TLS', ['on', 'off'], {
      fallback: 'off',
    }),
    ca: certificateFile(
      'SALLYPORT_KAFKA_CA',
      "PEM file of the authority that signs the brokers' certificates; none: the system's authorities",
    ),
    certificate: certificateFile(
      'SALLYPORT_KAFKA_CERT',
      'PEM file of the certificate that brokers are shown, where they ask for one',
    ),
    privateKey: privateKeyFile('SALLYPORT_KAFKA_KEY', 'PEM file of the private key of that certificate'),
    sasl: oneOf(
      'SALLYPORT_KAFKA_SASL',
      'How Kafka is told which user this is',
      ['none', 'plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'],
      { fallback: 'none' },
    ),
    username: optionalText('SALLYPORT_KAFKA_USERNAME', 'The user of plain and scram'),
    password: optionalText('SALLYPORT_KAFKA_PASSWORD', 'The password of that user', { secret: true }),
    tokenCommand: words(
      'SALLYPORT_KAFKA_TOKEN_COMMAND',
      'The command of oauthbearer: it prints a token, or JSON with access_token. Words separated by blanks, or a JSON array; no shell. It gets no SALLYPORT_ variables',
    ),
  },
} as const satisfies ConfigSpec

export type KafkaSettings = ConfigOf<typeof kafkaSpec>['kafka']

/** Credentials of a Kafka user. */
export type KafkaSasl =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
      readonly username: string
      readonly password: string
    }
  | { readonly mechanism: 'oauthbearer'; readonly tokenCommand: readonly string[] }

/** What secures the connections to Kafka; both absent: plain text from nobody. */
export interface KafkaSecurity {
  readonly tls?: TlsMaterial
  readonly sasl?: KafkaSasl
}

export function kafkaSecurity(settings: KafkaSettings): KafkaSecurity {
  const sasl = saslOf(settings)
  return {
    ...(settings.tls === 'on' ? { tls: tlsOf(settings) } : {}),
    ...(sasl === undefined ? {} : { sasl }),
  }
}

function tlsOf({ ca, certificate, privateKey }: KafkaSettings): TlsMaterial {
  return { ...(ca === null ? {} : { ca }), ...pairOf(certificate, privateKey) }
}

function saslOf({ sasl, username, password, tokenCommand }: KafkaSettings): KafkaSasl | undefined {
  if (sasl === 'none') return undefined
  if (sasl === 'oauthbearer') return { mechanism: sasl, tokenCommand }
  return { mechanism: sasl, username: username ?? '', password: password ?? '' }
}

/** Whether a secret goes to the broker as it is: scram only proves that it is known. */
export function kafkaSendsSecret({ sasl }: KafkaSettings): boolean {
  return sasl === 'plain' || sasl === 'oauthbearer'
}

export function kafkaFaults(settings: KafkaSettings): string[] {
  const { tls, ca, certificate, privateKey, sasl, username, password, tokenCommand } = settings
  const faults = pairFaults(['SALLYPORT_KAFKA_CERT', certificate], ['SALLYPORT_KAFKA_KEY', privateKey])
  if (tls === 'off' && (ca ?? certificate) !== null)
    faults.push('SALLYPORT_KAFKA_TLS must be on where SALLYPORT_KAFKA_CA or SALLYPORT_KAFKA_CERT is set')
  const bySecret = sasl !== 'none' && sasl !== 'oauthbearer'
  const given = [
    ['SALLYPORT_KAFKA_USERNAME', username !== null, bySecret],
    ['SALLYPORT_KAFKA_PASSWORD', password !== null, bySecret],
    ['SALLYPORT_KAFKA_TOKEN_COMMAND', tokenCommand.length > 0, sasl === 'oauthbearer'],
  ] as const
  for (const [name, there, wanted] of given) {
    if (wanted && !there) faults.push(`${name} is required by SALLYPORT_KAFKA_SASL ${sasl}`)
    if (there && !wanted) faults.push(`${name} has no use with SALLYPORT_KAFKA_SASL ${sasl}`)
  }
  return faults
}
