import type { SallyportEvent } from '@sallyport/events'
import { searchedJson, searchedText, wordsOf } from '../domain/search-words.ts'

/** What an event says about an action, an approval or the control state, as columns; absent where it says nothing. */
export function factsOf(event: SallyportEvent): Record<string, unknown> {
  const data = event.data as Loose
  const facts: Record<string, unknown> = {}
  put(facts, 'gateway', nameOf(data['gateway']) ?? gatewayOf(event))
  put(
    facts,
    'gateway_id',
    memberOf(data['gateway'], 'id') ?? data['gatewayId'] ?? memberOf(data['binding'], 'gatewayId'),
  )
  put(facts, 'upstream', upstreamOf(event) ?? memberOf(data['binding'], 'upstream'))
  put(facts, 'action', data['action'] ?? memberOf(data['binding'], 'action'))
  put(facts, 'policy_version', data['policyVersion'] ?? memberOf(data['binding'], 'policyVersion'))
  put(facts, 'args_digest', data['argsDigest'] ?? memberOf(data['binding'], 'argsDigest'))
  put(facts, 'tool_digest', data['toolDigest'] ?? memberOf(data['binding'], 'toolDigest'))
  put(facts, 'phase', data['phase'] ?? data['stage'])
  put(facts, 'outcome', event.type === 'sallyport.action.aborted.v1' ? 'aborted' : data['outcome'])
  put(facts, 'actor', nameOf(data['actor']) ?? data['claimant'])
  put(facts, 'actor_type', memberOf(data['actor'], 'type'))
  put(facts, 'client_name', nameOf(data['client']))
  put(facts, 'client_version', memberOf(data['client'], 'version'))
  put(facts, 'error_code', data['errorCode'] == null ? null : String(data['errorCode']))
  for (const [column, member] of PLAIN) put(facts, column, data[member])
  if (Array.isArray(data['findings']))
    for (const member of ['kind', 'rule', 'place', 'severity'])
      facts[`findings.${member}`] = data['findings'].map((finding) => finding[member])
  const exact = data['argumentsText']
  if (exact != null) facts['arguments'] = exact
  else if (data['arguments'] != null) facts['arguments'] = JSON.stringify(data['arguments'])
  facts['search_text'] = wordsOf([...textsOf(facts, data)].join(' ')).join(' ')
  return facts
}

type Loose = Readonly<Record<string, unknown>>

/** Columns that are a member of the data under another name, or the same. */
const PLAIN: readonly (readonly [column: string, member: string])[] = [
  ['connector', 'connector'],
  ['tool', 'tool'],
  ['method', 'method'],
  ['verdict', 'verdict'],
  ['rule', 'rule'],
  ['reasons', 'reasons'],
  ['risk', 'risk'],
  ['fault', 'fault'],
  ['layer', 'by'],
  ['request_digest', 'requestDigest'],
  ['response_digest', 'responseDigest'],
  ['action_id', 'actionId'],
  ['approval_id', 'approvalId'],
  ['grant_id', 'grantId'],
  ['call_digest', 'callDigest'],
  ['answered_by', 'answeredBy'],
  ['vote', 'vote'],
  ['reason', 'reason'],
  ['meta', 'meta'],
  ['session', 'session'],
  ['http_status', 'httpStatus'],
  ['decision_ms', 'decisionMs'],
  ['duration_ms', 'durationMs'],
  ['upstream_ms', 'upstreamMs'],
  ['held_ms', 'heldMs'],
  ['request_bytes', 'requestBytes'],
  ['response_bytes', 'responseBytes'],
]

/** The columns whose words can be searched. Ids and digests are filters, not words. */
const SEARCHED = [
  'action',
  'tool',
  'gateway',
  'upstream',
  'connector',
  'method',
  'verdict',
  'rule',
  'outcome',
  'fault',
  'risk',
  'answered_by',
  'actor',
  'vote',
  'reason',
  'client_name',
  'meta',
  'error_code',
] as const

function* textsOf(facts: Loose, data: Loose): Generator<string> {
  for (const column of SEARCHED) yield String(facts[column] ?? '')
  if (Array.isArray(data['reasons'])) yield* data['reasons']
  yield searchedJson(data['findings'])
  const exact = data['argumentsText']
  yield typeof exact === 'string' ? searchedText(exact) : searchedJson(data['arguments'])
}

/** Control events about a gateway name it themselves. */
function gatewayOf(event: SallyportEvent): unknown {
  switch (event.type) {
    case 'sallyport.gateway.added.v1':
    case 'sallyport.gateway.token_rotated.v1':
    case 'sallyport.gateway.issuers_set.v1':
    case 'sallyport.gateway.owner_set.v1':
    case 'sallyport.gateway.revoked.v1':
      return event.data.name
    case 'sallyport.permission.set.v4':
      return event.data.gateway
    default:
      return null
  }
}

/** Control events name it by an object, or are about it. */
function upstreamOf(event: SallyportEvent): unknown {
  const { upstream } = event.data as Loose
  switch (event.type) {
    case 'sallyport.upstream.added.v1':
    case 'sallyport.upstream.removed.v1':
      return event.data.name
    default:
      return nameOf(upstream) ?? upstream
  }
}

function put(facts: Record<string, unknown>, column: string, value: unknown): void {
  if (value !== null && value !== undefined && value !== '') facts[column] = value
}

function nameOf(value: unknown): unknown {
  return memberOf(value, 'name')
}

function memberOf(value: unknown, name: string): unknown {
  return value !== null && typeof value === 'object' ? (value as Loose)[name] : undefined
}
