import { HeaderRepeated, OverrideRefused } from '../errors.ts'
import { type Field, plainName } from './field.ts'
import { endToEnd } from './hop-by-hop.ts'

/** One value each: of two, the next reader might take the other one. */
const ONCE: readonly string[] = [
  'content-encoding',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'expect',
  'from',
  'if-modified-since',
  'if-range',
  'if-unmodified-since',
  'max-forwards',
  'range',
  'referer',
  'sec-websocket-key',
  'sec-websocket-version',
  'upgrade',
  'user-agent',
]

/** Frameworks carry out the method or path that these name, so a request that has one is not the one it seems to be. */
const OVERRIDES: ReadonlySet<string> = new Set([
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-original-method',
  'x-original-uri',
  'x-original-url',
  'x-rewrite-url',
])

/**
 * Set anew for the upstream, or nobody's business there: who calls the proxy and from where. A cookie is a credential
 * of the client's, and all upstreams are one site to it, so that it would be sent to each of them.
 */
const OURS: ReadonlySet<string> = new Set([
  'authorization',
  'cf-connecting-ip',
  'client-ip',
  'content-length',
  'cookie',
  'cookie2',
  'expect',
  'fastly-client-ip',
  'forwarded',
  'host',
  'true-client-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-real-ip',
])
const OUR_PREFIXES = ['sallyport-', 'x-forwarded-', 'x-envoy-']

/** What of a request's fields goes upstream. Throws HeaderRepeated and OverrideRefused. */
export function requestFields(fields: readonly Field[]): Field[] {
  const seen = new Set<string>()
  for (const [name] of fields) {
    const plain = plainName(name)
    if (OVERRIDES.has(plain)) throw new OverrideRefused(name)
    if (ONCE.includes(plain) && seen.has(plain)) throw new HeaderRepeated(name)
    seen.add(plain)
  }
  return endToEnd(fields).filter(([name]) => !isOurs(plainName(name)))
}

function isOurs(name: string): boolean {
  return OURS.has(name) || OUR_PREFIXES.some((prefix) => name.startsWith(prefix))
}

/** Different in each attempt at one and the same request, and without a meaning to what is done. */
const OF_AN_ATTEMPT: ReadonlySet<string> = new Set([
  'b3',
  'baggage',
  'date',
  'sentry-trace',
  'traceparent',
  'tracestate',
  'via',
  'x-amzn-trace-id',
  'x-b3-flags',
  'x-b3-parentspanid',
  'x-b3-sampled',
  'x-b3-spanid',
  'x-b3-traceid',
  'x-cloud-trace-context',
  'x-correlation-id',
  'x-request-id',
  'x-stainless-retry-count',
])

/** The fields that an approval is for: an attempt that is repeated has the same. */
export function boundFields(fields: readonly Field[]): Field[] {
  return fields.filter(([name]) => !OF_AN_ATTEMPT.has(name))
}

/** RFC 9110, section 7.6.3: a gateway says in each request that it passed it on. It names nobody. */
export function withVia(fields: readonly Field[], httpVersion: string): Field[] {
  return [...fields, ['via', `${httpVersion} sallyport`]]
}
