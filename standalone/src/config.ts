import { destinationsSpec } from '@sallyport/approvals'
import { signInSpec } from '@sallyport/decision'
import {
  type ConfigOf,
  isLoopback,
  type ListenAddress,
  laptopPerimeterSpec,
  type Variable,
  variables,
} from '@sallyport/runtime'

export type LocalToken = 'optional' | 'required'

const KEPT_ADDRESS =
  'Port 0 takes a free one, the same at each start. Where it is not set, where it listened last, at first'

/** What `npm start` reads from the environment. */
export const standaloneSpec = {
  /** Null: where it listened last, at first 127.0.0.1:8080 and 127.0.0.1:8081. */
  listen: {
    proxy: loopback(
      'SALLYPORT_PROXY_LISTEN',
      `Where agents reach the proxy; loopback only. ${KEPT_ADDRESS} 127.0.0.1:8080`,
    ),
    api: loopback(
      'SALLYPORT_API_LISTEN',
      `Where people and commands reach the API; loopback only. ${KEPT_ADDRESS} 127.0.0.1:8081`,
    ),
  },
  local: {
    /** Null: as the last start had it. */
    token: unlessUnset(
      variables.oneOf(
        'SALLYPORT_LOCAL_TOKEN',
        'Whether commands on this machine need a token: `optional` or `required`. Where it is not set, as the last start had it, at first `optional`',
        ['optional', 'required'],
      ),
    ),
  },
  ...laptopPerimeterSpec,
  ...signInSpec,
  ...destinationsSpec,
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
function loopback(name: string, describe: string): Variable<ListenAddress | null> {
  const variable = variables.listenAddress(name, describe)
  return unlessUnset({
    ...variable,
    parse(value) {
      const address = variable.parse(value)
      if (!isLoopback(address.host))
        throw new Error('must be a loopback address; other machines are for the fleet')
      return address
    },
  })
}

function unlessUnset<T>(variable: Variable<T>): Variable<T | null> {
  return { ...variable, fallback: '', parse: (text) => (text === '' ? null : variable.parse(text)) }
}
