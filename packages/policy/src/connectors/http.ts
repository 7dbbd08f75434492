import { HTTP_METHODS } from '../http-methods.ts'
import { ONE_READING, type Readings } from '../readings/readings.ts'
import type { Risk } from '../words.ts'
import type { Connector } from './connector.ts'

/** A text that is not a method that Node reads. Methods differ by case (RFC 9110, section 9.1). */
export const HTTP_UNKNOWN_ACTION = 'http.unknown'

const OWN = 'http.'
const WIDER = 'generic.'
/** All that Node's parser reads, `GET` → `http.get`. */
const NAMES: ReadonlyMap<string, string> = new Map(
  HTTP_METHODS.map((method) => [method, OWN + method.toLowerCase()]),
)

const RISKS: Readonly<Record<string, Risk>> = {
  get: 'low',
  head: 'low',
  options: 'low',
  post: 'medium',
  put: 'medium',
  patch: 'medium',
  delete: 'high',
  websocket: 'medium',
}

/** What a method is asked as, where that is not the method in upper-case letters. */
const ASKED: Readonly<Record<string, string>> = {
  websocket: 'GET that opens a WebSocket',
  trace: 'TRACE, which is refused whatever is permitted',
  connect: 'CONNECT, which is refused whatever is permitted',
  unknown: 'a text that is not a method',
}

/** `GET` → `http.get`. Methods differ by case (RFC 9110, section 9.1), so `Get` is not `GET` and is unknown. */
export function httpAction(method: string): string {
  return NAMES.get(method) ?? HTTP_UNKNOWN_ACTION
}

/**
 * A WebSocket begins as a GET, and what is said on it later is not judged message by message. So it has a name of its
 * own: a gateway that may only read must not get one by `http.get`.
 */
export const HTTP_WEBSOCKET_ACTION = 'http.websocket'

/** A server may take it for any method. */
const UNKNOWN: Readings = { ...ONE_READING, unclear: { own: OWN, wider: WIDER } }

function methodOf(action: string): string {
  return action.slice(action.indexOf('.') + 1)
}

function lessSpecificOf(action: string): readonly string[] {
  return action.startsWith(OWN) ? [WIDER + action.slice(OWN.length)] : []
}

/** The end of every name, without its family: the common methods first. */
const ENDS: readonly string[] = [
  ...new Set([...Object.keys(RISKS), ...[...NAMES.values(), HTTP_UNKNOWN_ACTION].map(methodOf)]),
]

export const HTTP: Connector = {
  kind: 'http',
  summary: 'an API over HTTP, REST or GraphQL: each method is an action',
  actions: ENDS.map((method) => ({
    name: OWN + method,
    asks: ASKED[method] ?? method.toUpperCase(),
    lessSpecific: [WIDER + method],
    risk: RISKS[method] ?? 'medium',
  })),
  // Methods stand in small letters, whatever a person is used to.
  shapes: ENDS.map((method) => ({ beginning: OWN + method })),
  discovery: new Map(),
  builtin: [],
  targets: ['http'],
  pathOf: (upstream) => `/http/${upstream}/`,
  addressOf: (domain) => `https://${domain}/`,
  riskOf: (action) => RISKS[methodOf(action)] ?? 'medium',
  lessSpecificOf,
  readingsOf: (action) => (action === HTTP_UNKNOWN_ACTION ? UNKNOWN : ONE_READING),
}
