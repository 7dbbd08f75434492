import { type ConfigOf, type ListenAddress, type Variable, variables } from '@sallyport/runtime'

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost'])

/** What `npm start` reads from the environment. */
export const standaloneSpec = {
  listen: {
    proxy: loopback(
      variables.listenAddress('SALLYPORT_PROXY_LISTEN', 'Where agents reach the proxy; loopback only.', {
        fallback: '127.0.0.1:8080',
      }),
    ),
    api: loopback(
      variables.listenAddress(
        'SALLYPORT_API_LISTEN',
        'Where people and commands reach the API; loopback only.',
        {
          fallback: '127.0.0.1:8081',
        },
      ),
    ),
  },
  storage: {
    folder: variables.text('SALLYPORT_DATA', 'The folder that holds everything: log, ClickHouse, secrets.', {
      fallback: '.sallyport',
    }),
  },
  logging: {
    level: variables.oneOf(
      'SALLYPORT_LOG_LEVEL',
      'How much is told on standard error.',
      ['debug', 'info', 'warn', 'error', 'silent'],
      {
        fallback: 'warn',
      },
    ),
  },
} as const

export type StandaloneConfig = ConfigOf<typeof standaloneSpec>

/** The laptop composition speaks plain HTTP with tokens in it, so it never leaves the machine. */
function loopback(variable: Variable<ListenAddress>): Variable<ListenAddress> {
  return {
    ...variable,
    parse(value) {
      const address = variable.parse(value)
      if (!LOOPBACK.has(address.host))
        throw new Error('must be a loopback address; other machines are for the fleet')
      return address
    },
  }
}
