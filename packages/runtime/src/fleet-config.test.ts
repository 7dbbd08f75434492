import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readFleetConfig } from './fleet-config.ts'
import {
  apiListenSpec,
  clickhouseServer,
  clickhouseSpec,
  type Environment,
  fleetSpec,
  grpcListenSpec,
  grpcPeersSpec,
  InvalidConfig,
  kafkaSecurity,
  natsSecurity,
  natsSpec,
} from './index.ts'

const spec = { ...fleetSpec, ...natsSpec, ...clickhouseSpec, ...apiListenSpec } as const
const callerSpec = { ...fleetSpec, ...grpcPeersSpec } as const
const calledSpec = { ...fleetSpec, ...grpcListenSpec } as const

const LOCAL = {
  SALLYPORT_SECRET_KEY: randomBytes(32).toString('hex'),
  SALLYPORT_KAFKA_BROKERS: '127.0.0.1:9092',
  SALLYPORT_NATS_URL: 'nats://localhost:4222',
}

let folder: string
let cert: string
let key: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-config-'))
  cert = join(folder, 'cert.pem')
  key = join(folder, 'key.pem')
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  execFileSync('openssl', [...args, '-subj', '/CN=one', '-keyout', key, '-out', cert], { stdio: 'ignore' })
})
afterAll(() => rmSync(folder, { recursive: true }))

const read = (given: Environment) => readFleetConfig(spec, { ...LOCAL, ...given }, [])

function faultsOf(reading: () => unknown): string {
  try {
    reading()
  } catch (fault) {
    if (fault instanceof InvalidConfig) return fault.message
    throw fault
  }
  return 'no fault'
}

const faults = (given: Environment) => faultsOf(() => read(given))

test('engines on this machine are spoken to in plain text without a word', () => {
  const config = read({})
  expect(kafkaSecurity(config.kafka)).toEqual({})
  expect(natsSecurity(config.nats)).toEqual({})
  expect(clickhouseServer(config.clickhouse)).toBeNull()
})

describe('secrets', () => {
  test('come from the environment or from a file that it names', () => {
    const file = join(folder, 'password')
    writeFileSync(file, 'from-a-file\n')
    const sasl = { SALLYPORT_KAFKA_SASL: 'scram-sha-512', SALLYPORT_KAFKA_USERNAME: 'sallyport' }
    const { kafka } = read({ ...sasl, SALLYPORT_KAFKA_PASSWORD_FILE: file })
    expect(kafkaSecurity(kafka).sasl).toMatchObject({ username: 'sallyport', password: 'from-a-file' })
  })

  test('do not show in a fault', () => {
    const secret = 'hunter2-hunter2'
    const said = faults({
      SALLYPORT_KAFKA_PASSWORD: secret,
      SALLYPORT_NATS_PASSWORD: secret,
      SALLYPORT_NATS_NKEY: secret,
      SALLYPORT_NATS_CREDS: secret,
      SALLYPORT_CLICKHOUSE_PASSWORD: secret,
    })
    expect(said).toContain('SALLYPORT_NATS_NKEY')
    expect(said).not.toContain('hunter2')
  })

  test('of ClickHouse are in its address or beside it', () => {
    const url = 'https://a%40b:p%C3%A4ss@ch.example/db'
    expect(clickhouseServer(read({ SALLYPORT_CLICKHOUSE_URL: url }).clickhouse)).toMatchObject({
      url: 'https://ch.example/db',
      user: 'a@b',
      password: 'päss',
    })
    const beside = { SALLYPORT_CLICKHOUSE_USER: 'u', SALLYPORT_CLICKHOUSE_PASSWORD: 'p' }
    expect(
      clickhouseServer(read({ SALLYPORT_CLICKHOUSE_URL: 'https://ch.example', ...beside }).clickhouse),
    ).toMatchObject({ user: 'u', password: 'p' })
    expect(faults({ SALLYPORT_CLICKHOUSE_URL: url, ...beside })).toMatch(/exclude each other/)
  })
})

describe('what belongs together is judged together', () => {
  test.each([
    [
      { SALLYPORT_KAFKA_SASL: 'plain' },
      /SALLYPORT_KAFKA_USERNAME is required.*SALLYPORT_KAFKA_PASSWORD is required/,
    ],
    [{ SALLYPORT_KAFKA_SASL: 'oauthbearer' }, /SALLYPORT_KAFKA_TOKEN_COMMAND is required/],
    [{ SALLYPORT_KAFKA_USERNAME: 'a' }, /SALLYPORT_KAFKA_USERNAME has no use with SALLYPORT_KAFKA_SASL none/],
    [{ SALLYPORT_KAFKA_TOKEN_COMMAND: 'tell' }, /SALLYPORT_KAFKA_TOKEN_COMMAND has no use/],
    [{ SALLYPORT_KAFKA_SASL: 'gssapi' }, /SALLYPORT_KAFKA_SASL must be one of none, plain/],
    [{ SALLYPORT_NATS_USER: 'a' }, /SALLYPORT_NATS_PASSWORD is required/],
    [{ SALLYPORT_NATS_PASSWORD: 'a' }, /SALLYPORT_NATS_USER is required/],
    [
      { SALLYPORT_NATS_TOKEN: 'a', SALLYPORT_NATS_USER: 'a', SALLYPORT_NATS_PASSWORD: 'a' },
      /SALLYPORT_NATS_TOKEN.* exclude each other/,
    ],
    [{ SALLYPORT_NATS_URL: 'nats://a:b@127.0.0.1:4222' }, /SALLYPORT_NATS_URL must not carry a user/],
    [{ SALLYPORT_NATS_URL: 'tls://127.0.0.1:4222' }, /SALLYPORT_NATS_TLS must be on/],
    [{ SALLYPORT_CLICKHOUSE_PASSWORD: 'a' }, /SALLYPORT_CLICKHOUSE_URL is required/],
    [
      { SALLYPORT_CLICKHOUSE_URL: 'tcp://127.0.0.1:9000' },
      /SALLYPORT_CLICKHOUSE_URL must be an http or https/,
    ],
  ])('%o', (given, said) => {
    expect(faults(given)).toMatch(said)
  })

  test('an authority or a certificate without TLS is a mistake, and not plain text', () => {
    expect(faults({ SALLYPORT_KAFKA_CA: cert })).toMatch(/SALLYPORT_KAFKA_TLS must be on/)
    expect(faults({ SALLYPORT_NATS_CA: cert })).toMatch(/SALLYPORT_NATS_TLS must be on/)
    const clickhouse = { SALLYPORT_CLICKHOUSE_URL: 'http://127.0.0.1:8123', SALLYPORT_CLICKHOUSE_CA: cert }
    expect(faults(clickhouse)).toMatch(/SALLYPORT_CLICKHOUSE_URL must be https/)
    expect(faultsOf(() => readFleetConfig(calledSpec, { ...LOCAL, SALLYPORT_GRPC_CA: cert }, []))).toMatch(
      /SALLYPORT_GRPC_CERT is required with SALLYPORT_GRPC_CA/,
    )
    const half = { SALLYPORT_GRPC_CERT: cert }
    expect(faultsOf(() => readFleetConfig(calledSpec, { ...LOCAL, ...half }, []))).toMatch(
      /SALLYPORT_GRPC_KEY is required with SALLYPORT_GRPC_CERT/,
    )
  })

  test('a file that is not what its variable says is named', () => {
    const other = join(folder, 'other.pem')
    writeFileSync(other, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const tls = { SALLYPORT_KAFKA_TLS: 'on' }
    const pair = (keyFile: string) =>
      faults({ ...tls, SALLYPORT_KAFKA_CERT: cert, SALLYPORT_KAFKA_KEY: keyFile })
    expect(pair(key)).toBe('no fault')
    expect(pair(other)).toMatch(/SALLYPORT_KAFKA_KEY is not the private key of SALLYPORT_KAFKA_CERT/)
    expect(pair(cert)).toMatch(/SALLYPORT_KAFKA_KEY names a file without a private key in PEM/)
    expect(faults({ ...tls, SALLYPORT_KAFKA_CA: key })).toMatch(
      /SALLYPORT_KAFKA_CA names a file without a certificate/,
    )
    expect(faults({ ...tls, SALLYPORT_KAFKA_CA: join(folder, 'none') })).toMatch(/cannot be read/)
  })
})

describe('plain text to another host', () => {
  const far = { SALLYPORT_KAFKA_BROKERS: 'kafka.example:9092' }

  test.each([
    [far, /SALLYPORT_KAFKA_BROKERS has plain text with kafka\.example/],
    [{ SALLYPORT_KAFKA_BROKERS: '127.0.0.1:9092,[fd00::7]:9092' }, /\[fd00::7\]/],
    [{ SALLYPORT_NATS_URL: 'nats://10.0.0.7:4222' }, /SALLYPORT_NATS_URL has plain text with 10\.0\.0\.7/],
    [{ SALLYPORT_CLICKHOUSE_URL: 'http://ch:8123' }, /SALLYPORT_CLICKHOUSE_URL has plain text with ch/],
    [{ SALLYPORT_API_LISTEN: '0.0.0.0:8081' }, /SALLYPORT_API_LISTEN has plain text with 0\.0\.0\.0/],
  ])('is refused in a fleet, by the name of the variable: %o', (given, said) => {
    expect(faults(given)).toMatch(said)
    expect(faults({ ...given, SALLYPORT_MODE: 'production' })).toMatch(
      /a developer shortcut that production refuses/,
    )
    expect(faults({ ...given, SALLYPORT_MODE: 'development' })).toBe('no fault')
  })

  test('is let in where the operator names the host, and for no other', () => {
    const named = { ...far, SALLYPORT_PLAINTEXT_HOSTS: '10.0.0.0/8, kafka.example' }
    expect(faults(named)).toBe('no fault')
    expect(faults({ ...named, SALLYPORT_KAFKA_BROKERS: 'kafka.example:1,kafka.example.org:1' })).toMatch(
      /kafka\.example\.org/,
    )
  })

  test('is not plain text over TLS', () => {
    expect(faults({ ...far, SALLYPORT_KAFKA_TLS: 'on' })).toBe('no fault')
  })

  test.each([
    [{ ...far, SALLYPORT_KAFKA_SASL: 'plain', SALLYPORT_KAFKA_USERNAME: 'a', SALLYPORT_KAFKA_PASSWORD: 'b' }],
    [{ ...far, SALLYPORT_KAFKA_SASL: 'oauthbearer', SALLYPORT_KAFKA_TOKEN_COMMAND: 'tell' }],
    [{ SALLYPORT_NATS_URL: 'nats://nats:4222', SALLYPORT_NATS_TOKEN: 'a' }],
    [{ SALLYPORT_CLICKHOUSE_URL: 'http://a:b@ch:8123' }],
  ])('carries no credential in development either: %o', (given) => {
    expect(faults({ ...given, SALLYPORT_MODE: 'development' })).toMatch(/has a credential in plain text/)
  })

  test('carries no bearer of the installation to decision and approvals', () => {
    const given = {
      ...LOCAL,
      SALLYPORT_MODE: 'development',
      SALLYPORT_DECISION_ADDRESSES: 'decision-1:9090',
      SALLYPORT_APPROVALS_ADDRESSES: '127.0.0.1:9090',
    }
    const said = faultsOf(() => readFleetConfig(callerSpec, given, []))
    expect(said).toMatch(/SALLYPORT_DECISION_ADDRESSES has a credential in plain text with decision-1/)
    expect(said).not.toMatch(/SALLYPORT_APPROVALS_ADDRESSES/)
    const secured = { ...given, SALLYPORT_GRPC_CA: cert, SALLYPORT_GRPC_CERT: cert, SALLYPORT_GRPC_KEY: key }
    expect(faultsOf(() => readFleetConfig(callerSpec, secured, []))).toBe('no fault')
  })
})

test('a process of a fleet refuses flags, and --accept-log-damage by its name', () => {
  const started = (...args: string[]) => readFleetConfig(spec, LOCAL, args)
  expect(() => started('--accept-log-damage=disk')).toThrow(/--accept-log-damage is a developer shortcut/)
  expect(() => started('--accept-log-damage', 'disk')).toThrow(/--accept-log-damage is a developer shortcut/)
  expect(() => started('--verbose')).toThrow(/--verbose is unknown here/)
})
