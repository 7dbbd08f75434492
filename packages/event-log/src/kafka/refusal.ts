import { textsOf, tlsRefusal } from '@sallyport/runtime'
import { KafkaTokenMissing } from './token-command.ts'

interface Refusal {
  /** The name or the type of an error of kafkajs. */
  readonly sign: RegExp
  readonly why: string
}

const REFUSALS: readonly Refusal[] = [
  {
    sign: /mechanism is not supported|UNSUPPORTED_SASL_MECHANISM/,
    why: 'Kafka does not offer this way to log in (SALLYPORT_KAFKA_SASL)',
  },
  {
    sign: /ILLEGAL_SASL_STATE/,
    why: 'Kafka asks for no user at this address (SALLYPORT_KAFKA_SASL)',
  },
  {
    sign: /KafkaTokenRefused/,
    why: 'Kafka refused the token of SALLYPORT_KAFKA_TOKEN_COMMAND',
  },
  {
    sign: /SASLAuthentication|SASL_AUTHENTICATION_FAILED/,
    why: 'Kafka refused the user or the password (SALLYPORT_KAFKA_USERNAME, SALLYPORT_KAFKA_PASSWORD)',
  },
  {
    sign: /(?:TOPIC|GROUP|CLUSTER|TRANSACTIONAL_ID)_AUTHORIZATION_FAILED/,
    why: 'Kafka does not let its user do this (access control lists)',
  },
]

/** Why the brokers do not let us in, naming the part that is refused; undefined for failures that may pass. */
export function kafkaRefusal(thrown: unknown): string | undefined {
  const token = tokenMissing(thrown)
  if (token !== undefined) return token.message
  const tls = tlsRefusal(thrown)
  if (tls !== undefined) return `TLS with Kafka failed: ${tls} (SALLYPORT_KAFKA_CA, SALLYPORT_KAFKA_CERT)`
  const texts = [...textsOf(thrown)]
  return REFUSALS.find(({ sign }) => texts.some((text) => sign.test(text)))?.why
}

function tokenMissing(thrown: unknown): KafkaTokenMissing | undefined {
  for (let error = thrown; error instanceof Error; error = error.cause)
    if (error instanceof KafkaTokenMissing) return error
  return undefined
}
