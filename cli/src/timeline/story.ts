import type { Paint } from '../colour.ts'
import { printable } from '../output.ts'
import { shownMoment, shownTime } from '../shown-time.ts'
import { durationText } from './duration.ts'
import { resultText } from './result.ts'

/** One event of a story as the API gives it, in full. */
export interface StoryEvent {
  readonly type: string
  readonly at: string
  readonly data: unknown
  /** Recorded after the fact. */
  readonly late?: boolean
  /** Of an event about an approval: `rejected` and `repeated` changed nothing. */
  readonly effect?: string | null
  readonly rejection?: string | null
}

type Data = Readonly<Record<string, unknown>>

/** What is said of the action once, and not with each event; in this order. */
const FACTS: readonly (readonly [label: string, member: string])[] = [
  ['action id', 'actionId'],
  ['gateway', 'gateway'],
  ['upstream', 'upstream'],
  ['connector', 'connector'],
  ['action', 'action'],
  ['tool', 'tool'],
  ['risk', 'risk'],
  ['client', 'client'],
  ['session', 'session'],
  ['arguments', 'arguments'],
  ['findings', 'findings'],
  ['policy', 'policyVersion'],
]

/** The whole story of an action: what it was, and everything that happened to it, in its order. */
export function storyText(events: readonly StoryEvent[], paint: Paint): string {
  const first = (events.find(({ type }) => nameOf(type) === 'action.decided') ?? events[0])?.data
  const facts = FACTS.flatMap(([label, member]) => {
    const text = textOf(objectOf(first)[member])
    return text === '' ? [] : [`${label.padEnd(10)} ${printable(text)}`]
  })
  const lines = events.flatMap((event) => {
    const name = nameOf(event.type)
    const [what = '', ...more] = happened(name, objectOf(event.data))
    return [
      `${shownMoment(event.at)}  ${printable(what + cameOf(name, event) + (event.late ? ', recorded late' : ''))}`,
      ...more.map((one) => `${' '.repeat(31)}${printable(one)}`),
    ]
  })
  const heading = paint('heading', 'what happened')
  return [...facts, ...(facts.length > 0 ? ['', heading] : []), ...lines].join('\n')
}

/** A line of what an event tells, and what belongs below it. */
function happened(name: string, data: Data): string[] {
  const say = (member: string) => textOf(data[member])
  switch (name) {
    case 'action.decided': {
      const again = data['phase'] === 'resumed' ? 'decided again' : 'decided'
      const fault = data['fault'] ? `, a fault: ${say('fault')}` : ''
      const by = data['by'] ? `${say('by')}: ` : ''
      return [`${again}: ${say('verdict').toUpperCase()} (${by}${say('rule')}${fault})`, ...reasonsOf(data)]
    }
    case 'action.completed': {
      const held = Number(data['heldMs']) > 0 ? `, held for ${durationText(Number(data['heldMs']))}` : ''
      const error = data['errorCode'] ? `, error ${say('errorCode')}` : ''
      const status = data['httpStatus'] ? `, HTTP ${say('httpStatus')}` : ''
      const took = `${durationText(Number(data['durationMs']))} (upstream ${durationText(Number(data['upstreamMs']))}${held})`
      const bytes = `${say('requestBytes')} bytes sent, ${say('responseBytes')} received`
      return [`completed: ${say('outcome').replaceAll('_', ' ')} in ${took}${status}${error}, ${bytes}`]
    }
    case 'action.aborted':
      return [
        `given up while ${say('stage')}, after ${durationText(Number(data['durationMs']))}: ${say('reason')}`,
      ]
    case 'approval.requested':
      return [`a person is asked: approval ${say('approvalId')}, until ${shownTime(say('expiresAt'))}`]
    case 'approval.voted':
      return [`${actorOf(data)} answers: ${say('vote')}${data['reason'] ? ` (${say('reason')})` : ''}`]
    case 'grant.given':
      return [`grant ${say('grantId')} is given, until ${shownTime(say('until'))}: ${grantedText(data)}`]
    case 'grant.used':
      return [
        `nobody is asked: grant ${say('grantId')} of approval ${say('approvalId')} is used by ${say('claimant')}`,
      ]
    case 'grant.revoked':
      return [`${actorOf(data)} ends grant ${say('grantId')}: ${say('reason')}`]
    case 'approval.claimed':
      return [`the approval is used by ${say('claimant')}`]
    case 'approval.cancelled':
      return [`${actorOf(data)} calls it off: ${say('reason')}`]
    case 'approval.expired':
      return ['the time of the approval is over']
    default:
      return [`${name}${data['actor'] ? ` by ${actorOf(data)}` : ''}`, ...restOf(data)]
  }
}

/** What a grant lets pass. */
function grantedText(data: Data): string {
  const { session, uses, arguments: fit } = objectOf(data['terms'])
  return [
    `calls of ${textOf(data['tool']) || textOf(objectOf(data['binding'])['action'])}`,
    ...(typeof uses === 'number' ? [`${uses} of them`] : []),
    ...(session === true ? ['in the same session'] : []),
    fit === null || fit === undefined ? 'with any arguments' : `where ${whereText(objectOf(fit))}`,
  ].join(', ')
}

function whereText({ where, others }: Data): string {
  const conditions = Array.isArray(where) ? where.map(String) : []
  return [...conditions, ...(others === true ? ['with any others'] : [])].join(' and ')
}

/** What came of it: a vote counts, or is refused. */
function cameOf(name: string, { effect = null, rejection = null }: StoryEvent): string {
  return name === 'approval.voted' && effect === 'done' ? ': this counts' : resultText(effect, rejection)
}

function reasonsOf({ reasons }: Data): string[] {
  return Array.isArray(reasons) ? reasons.map(String) : []
}

/** Everything else that an event of another kind says. */
function restOf(data: Data): string[] {
  return Object.entries(data).flatMap(([member, value]) => {
    const text = textOf(value)
    return member === 'actor' || text === '' ? [] : [`${member}: ${text}`]
  })
}

/** `sallyport.action.decided.v1` is `action.decided`. */
function nameOf(type: string): string {
  return type.replace(/^sallyport\./, '').replace(/\.v\d+$/, '')
}

function actorOf(data: Data): string {
  const { type, name } = objectOf(data['actor'])
  return type === 'person' ? textOf(name) : `${textOf(name)} (${textOf(type)})`
}

function objectOf(value: unknown): Data {
  return value !== null && typeof value === 'object' ? (value as Data) : {}
}

/** A text as it is, a thing with a name by its name, anything else as JSON. What says nothing is empty. */
function textOf(value: unknown): string {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return ''
  if (typeof value === 'string') return value
  const { name, version } = objectOf(value)
  if (typeof name === 'string') return typeof version === 'string' ? `${name} ${version}` : name
  return JSON.stringify(value)
}
