import {
  apiListenSpec,
  type ConfigOf,
  fleetSpec,
  grpcPeersSpec,
  natsSpec,
  variables,
} from '@sallyport/runtime'
import { answerJsonSpec, jsonSpec } from './connectors/mcp/message/json-config.ts'
import { authorizationSpec } from './faces/authorization/authorization-config.ts'
import { denialSpec } from './governing/denials/denial-config.ts'
import { holdSpec } from './governing/hold/hold-config.ts'
import { stdioSpec } from './reaching/stdio/config.ts'

const MIB = 1024 * 1024

/** The settings of the data plane. `main.ts` chooses the engines and the addresses of other services. */
export const proxySpec = {
  listen: {
    address: variables.listenAddress('SALLYPORT_PROXY_LISTEN', 'Where agents reach the proxy', {
      fallback: '127.0.0.1:8080',
    }),
    advertise: variables.optionalOrigin(
      'SALLYPORT_PROXY_ADVERTISE',
      'Where the other proxies of a fleet reach this one, http or https; empty where it is alone',
    ),
    hosts: variables.list(
      'SALLYPORT_PROXY_HOSTS',
      'Host names that agents may use for the proxy; empty: loopback names when it listens on loopback, any otherwise',
      { fallback: '' },
    ),
    origins: variables.list(
      'SALLYPORT_PROXY_ORIGINS',
      'Web origins that may call the proxy, beside loopback ones when it listens on loopback',
      { fallback: '' },
    ),
  },
  limits: {
    bodyBytes: variables.integer('SALLYPORT_PROXY_BODY_BYTES', 'Largest request body', {
      fallback: String(4 * MIB),
      min: 1024,
    }),
    answerBytes: variables.integer('SALLYPORT_PROXY_ANSWER_BYTES', 'Largest answer, or frame of one', {
      fallback: String(16 * MIB),
      min: 1024,
    }),
    callsPerGateway: variables.integer(
      'SALLYPORT_PROXY_CALLS_MAX',
      'How many calls of one gateway may be under way at once',
      { fallback: '512', min: 1 },
    ),
    streamsPerGateway: variables.integer(
      'SALLYPORT_PROXY_STREAMS_MAX',
      'How many streams one gateway may have open at once, beside its calls',
      { fallback: '512', min: 1 },
    ),
    memoryBytes: variables.integer(
      'SALLYPORT_PROXY_MEMORY_BYTES',
      'How many bytes of requests under way and of answers that nobody has read yet may be in memory',
      { fallback: String(256 * MIB), min: 1024 },
    ),
    memoryPerGateway: variables.integer(
      'SALLYPORT_PROXY_GATEWAY_MEMORY_BYTES',
      "How many of them may be one gateway's",
      { fallback: String(64 * MIB), min: 1024 },
    ),
    strangers: variables.integer(
      'SALLYPORT_PROXY_STRANGERS_MAX',
      'How many connections may be open whose caller has not shown who it is; one more closes the oldest. Each may stay as long as a request may take to arrive',
      { fallback: '1024', min: 1 },
    ),
    requestMs: variables.integer(
      'SALLYPORT_PROXY_REQUEST_TIMEOUT_MS',
      'How long a request may take to arrive',
      {
        fallback: '30000',
        min: 100,
      },
    ),
    recordMs: variables.integer(
      'SALLYPORT_PROXY_RECORD_TIMEOUT_MS',
      'How long a decision may wait for the log to confirm it before the action is denied',
      { fallback: '5000', min: 1 },
    ),
  },
  streams: {
    silentMs: variables.integer(
      'SALLYPORT_PROXY_KEEP_ALIVE_MS',
      'How long an open event stream may be silent before it gets a comment, so that nothing on the way takes it for dead',
      { fallback: '15000', min: 1 },
    ),
  },
  record: {
    lateFile: variables.optionalText(
      'SALLYPORT_PROXY_LATE_FILE',
      'A file of this process alone, in which events that the log does not take are kept until it does; empty: in memory only',
    ),
    lateBytes: variables.integer(
      'SALLYPORT_PROXY_LATE_BYTES',
      'How many bytes of such events are kept; more are counted, and the count is recorded',
      { fallback: String(16 * MIB), min: 0 },
    ),
  },
  json: jsonSpec,
  denials: denialSpec,
  answerJson: answerJsonSpec,
  decision: {
    deadlineMs: variables.integer(
      'SALLYPORT_DECISION_TIMEOUT_MS',
      'How long a decision may take before it counts as none, and the action is denied as a fault. The default is one that a machine with far more work than it has cores still meets: less denies ordinary calls there, more keeps an agent waiting when a decision service hangs. Time in which the proxy itself was stopped does not count',
      { fallback: '5000', min: 1 },
    ),
  },
  upstream: {
    connectMs: variables.integer('SALLYPORT_UPSTREAM_CONNECT_TIMEOUT_MS', 'How long connecting may take', {
      fallback: '5000',
      min: 1,
    }),
    headersMs: variables.integer(
      'SALLYPORT_UPSTREAM_HEADERS_TIMEOUT_MS',
      'How long an upstream may take to begin its answer',
      { fallback: '300000', min: 1 },
    ),
    idleMs: variables.integer(
      'SALLYPORT_UPSTREAM_IDLE_TIMEOUT_MS',
      'How long an upstream may be silent in its answer',
      { fallback: '300000', min: 1 },
    ),
  },
  authorization: authorizationSpec,
  credentials: {
    folder: variables.optionalText(
      'SALLYPORT_CREDENTIALS_DIR',
      'The folder of files with credentials for upstreams, such as mounted secrets',
    ),
  },
  hold: holdSpec,
  stdio: stdioSpec,
} as const

const operatorsAddress = variables.listenAddress(
  'SALLYPORT_API_LISTEN',
  'Where operators ask the proxy about upstreams (/v1/probes); nowhere unless it is set',
  { fallback: '' },
)

/** The settings that the proxy process of a fleet reads. */
export const proxyProcessSpec = {
  ...fleetSpec,
  ...natsSpec,
  ...grpcPeersSpec,
  ...proxySpec,
  api: {
    listen: {
      ...operatorsAddress,
      parse: (text: string) => (text === '' ? null : operatorsAddress.parse(text)),
    },
    hosts: apiListenSpec.api.hosts,
  },
} as const

export type ProxyConfig = ConfigOf<typeof proxySpec>
export type ProxyProcessConfig = ConfigOf<typeof proxyProcessSpec>
