import type { ConfigSpec } from './config.ts'
import { list, listenAddress, oneOf, optionalText, secretKey } from './variables.ts'

/** What every process of a fleet reads; a service adds its own groups: `{ ...fleetSpec, … }`. */
export const fleetSpec = {
  kafka: {
    brokers: list('SALLYPORT_KAFKA_BROKERS', 'The Kafka brokers of the log, host:port, comma-separated'),
  },
  secret: {
    key: secretKey(
      'SALLYPORT_SECRET_KEY',
      'The one secret of the installation: 32 bytes or more as base64 or hex, the same for every process',
    ),
  },
  logging: {
    level: oneOf(
      'SALLYPORT_LOG_LEVEL',
      'How much each process writes on standard error',
      ['debug', 'info', 'warn', 'error', 'silent'],
      { fallback: 'info' },
    ),
  },
} as const satisfies ConfigSpec

/** For processes that send or await wake-ups. */
export const natsSpec = {
  nats: {
    servers: list(
      'SALLYPORT_NATS_URL',
      'The NATS servers of the wake-ups, nats://host:port, comma-separated',
    ),
  },
} as const satisfies ConfigSpec

/** For processes with an HTTP API. */
export const apiListenSpec = {
  api: {
    listen: listenAddress('SALLYPORT_API_LISTEN', 'Where the HTTP API listens', {
      fallback: '127.0.0.1:8081',
    }),
    hosts: list(
      'SALLYPORT_API_HOSTS',
      'Names (without port) by which the HTTP API may be asked; none: any, and only loopback ones where it listens on loopback',
      { fallback: '' },
    ),
  },
} as const satisfies ConfigSpec

const tlsFiles = {
  ca: optionalText('SALLYPORT_GRPC_CA', "PEM file of the authority that signs the fleet's gRPC certificates"),
}

/** For processes that others call by gRPC; without certificate and key it speaks plain text. */
export const grpcListenSpec = {
  grpc: {
    listen: listenAddress('SALLYPORT_GRPC_LISTEN', 'Where proxies reach this service by gRPC', {
      fallback: '127.0.0.1:8082',
    }),
    certificate: optionalText('SALLYPORT_GRPC_CERT', 'PEM file of the certificate that gRPC is served with'),
    privateKey: optionalText('SALLYPORT_GRPC_KEY', 'PEM file of the private key of that certificate'),
    ...tlsFiles,
  },
} as const satisfies ConfigSpec

/** For processes that call decision and approvals by gRPC; without an authority they speak plain text. */
export const grpcPeersSpec = {
  peers: {
    decisions: list(
      'SALLYPORT_DECISION_ADDRESSES',
      'The gRPC addresses of all decision instances, host:port, comma-separated',
    ),
    approvals: list(
      'SALLYPORT_APPROVALS_ADDRESSES',
      'The gRPC addresses of all approvals instances, host:port, comma-separated',
    ),
    ...tlsFiles,
  },
} as const satisfies ConfigSpec
