import type { ConfigSpec } from './config.ts'
import { kafkaSpec } from './engines/kafka.ts'
import { fleetPerimeterSpec } from './perimeter/perimeter.ts'
import { list, listenAddress, oneOf, secretKey } from './variables.ts'

/** What every process of a fleet reads; a service adds its own groups: `{ ...fleetSpec, … }`. */
export const fleetSpec = {
  ...fleetPerimeterSpec,
  ...kafkaSpec,
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

/** For processes with an HTTP API, each of which shows the health of the whole installation. */
export const processPeersSpec = {
  processes: {
    peers: list(
      'SALLYPORT_PEERS',
      'The other processes of the installation, whose health /v1/status shows, name=http://host:port, comma-separated',
      { fallback: '' },
    ),
  },
} as const satisfies ConfigSpec
