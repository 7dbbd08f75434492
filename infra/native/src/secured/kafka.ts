import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { type NativeKafka, startKafka } from '../kafka.ts'
import type { Authority } from './authority.ts'

/** A broker that lets in nobody whom it does not know, at one address for each way to be known. */
export interface SecuredKafka extends Pick<NativeKafka, 'stop'> {
  /** TLS, and no user. */
  readonly tls: string
  /** TLS with certificates on both sides. */
  readonly mutual: string
  /** TLS with PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 and OAUTHBEARER. */
  readonly sasl: string
  /** The user of all SASL mechanisms, who may do everything; `stranger` has the same password and may do nothing. */
  readonly user: string
  readonly password: string
  /** A token for the user, as an identity provider signs it; `seconds` from now it ends. */
  tokenFor(user: string, seconds: number): string
}

const AUDIENCE = 'kafka'

/** `folder` takes the keys. */
export async function startSecuredKafka(authority: Authority, folder: string): Promise<SecuredKafka> {
  const [tls, mutual, sasl] = [await freePort(), await freePort(), await freePort()]
  const [user, password] = ['sallyport', randomBytes(16).toString('hex')]
  const { both } = await authority.issue('kafka')
  const issuer = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const keys = join(folder, 'jwks.json')
  const jwk = { ...issuer.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'ES256' }
  await writeFile(keys, JSON.stringify({ keys: [jwk] }))
  const security = 'org.apache.kafka.common.security'
  const at = `listener.name.sasl`
  const users = [user, 'stranger'].map((name) => `user_${name}="${password}"`).join(' ')
  const kafka = await startKafka({
    listeners: { TLS: [tls, 'SSL'], MUTUAL: [mutual, 'SSL'], SASL: [sasl, 'SASL_SSL'] },
    properties: [
      'ssl.keystore.type=PEM',
      `ssl.keystore.location=${both}`,
      'ssl.truststore.type=PEM',
      `ssl.truststore.location=${authority.ca}`,
      'listener.name.mutual.ssl.client.auth=required',
      `${at}.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER`,
      `${at}.plain.sasl.jaas.config=${security}.plain.PlainLoginModule required ${users};`,
      `${at}.scram-sha-256.sasl.jaas.config=${security}.scram.ScramLoginModule required;`,
      `${at}.scram-sha-512.sasl.jaas.config=${security}.scram.ScramLoginModule required;`,
      `${at}.oauthbearer.sasl.jaas.config=${security}.oauthbearer.OAuthBearerLoginModule required;`,
      `${at}.oauthbearer.sasl.server.callback.handler.class=${security}.oauthbearer.OAuthBearerValidatorCallbackHandler`,
      `${at}.oauthbearer.sasl.oauthbearer.jwks.endpoint.url=file://${keys}`,
      `${at}.oauthbearer.sasl.oauthbearer.expected.audience=${AUDIENCE}`,
      // Everybody but the stranger: those without a user come from this machine.
      'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      `super.users=User:ANONYMOUS;User:${user};User:CN=client`,
    ],
    systemProperties: [`-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=file://${keys}`],
    scramUsers: [256, 512].map((bits) => `SCRAM-SHA-${bits}=[name=${user},password=${password}]`),
  })
  return {
    tls: `127.0.0.1:${tls}`,
    mutual: `127.0.0.1:${mutual}`,
    sasl: `127.0.0.1:${sasl}`,
    user,
    password,
    stop: kafka.stop,
    tokenFor(subject, seconds) {
      const iat = Math.floor(Date.now() / 1000)
      const claims = { sub: subject, aud: AUDIENCE, scope: 'kafka', iat, exp: iat + seconds }
      const text = [{ alg: 'ES256', kid: 'one' }, claims]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.')
      const signature = sign('sha256', Buffer.from(text), {
        key: issuer.privateKey,
        dsaEncoding: 'ieee-p1363',
      })
      return `${text}.${signature.toString('base64url')}`
    },
  }
}
