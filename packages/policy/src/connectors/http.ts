import { ONE_READING, type Readings } from '../readings/readings.ts'
import type { Risk } from '../words.ts'
import { HTTP_METHOD_TEXT } from './chosen-text.ts'
import type { Connector } from './connector.ts'

/** A text that is not a method as HTTP servers know them: upper-case letters, and `-` inside. */
export const HTTP_UNKNOWN_ACTION = 'http.unknown'

const OWN = 'http.'
const WIDER = 'generic.'
/** Node reads no other methods; those that extensions define look like this too (RFC 9110, section 16.1). */
const METHOD = /^[A-Z]+(?:-[A-Z]+)*$/

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
const ASKED: Readonly<Record<string, string>> = { websocket: 'GET that opens a WebSocket' }

/** `GET` → `http.get`. Methods differ by case (RFC 9110, section 9.1), so `Get` is not `GET` and is unknown. */
export function httpAction(method: string): string {
  return METHOD.test(method) ? OWN + method.toLowerCase() : HTTP_UNKNOWN_ACTION
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

export const HTTP: Connector = {
  kind: 'http',
  summary: 'an API over HTTP, REST or GraphQL: each method is an action',
  actions: [
    ...Object.entries(RISKS).map(([method, risk]) => ({
      name: OWN + method,
      asks: ASKED[method] ?? method.toUpperCase(),
      lessSpecific: [WIDER + method],
      risk,
    })),
    {
      name: `${OWN}<method>`,
      asks: 'any other method, in lower-case letters',
      lessSpecific: [`${WIDER}<method>`],
      risk: 'medium',
    },
  ],
  // Methods stand in small letters, whatever a person is used to.
  shapes: [{ beginning: OWN, chosen: HTTP_METHOD_TEXT }],
  discovery: new Map(),
  builtin: [],
  targets: ['http'],
  pathOf: (upstream) => `/http/${upstream}/`,
  addressOf: (domain) => `https://${domain}/`,
  riskOf: (action) => RISKS[methodOf(action)] ?? 'medium',
  lessSpecificOf,
  readingsOf: (action) => (action === HTTP_UNKNOWN_ACTION ? UNKNOWN : ONE_READING),
}
