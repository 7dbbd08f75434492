import { setImmediate as nextTurn } from 'node:timers/promises'
import { atOnce, isJsonObject, type JsonValue, type Message, replaceMember } from '@sallyport/jsonrpc'
import type { DecisionInput, Verdict } from '@sallyport/policy'
import { ListNotJudged, UpstreamAnswerInvalid } from '../../../domain/upstream-faults.ts'
import { decisionInput } from '../../../governing/decision-input.ts'
import { inTurns, LONG_TEXT, type Steps } from '../../../reaching/in-turns.ts'
import { elementsOf, type ListedElements } from '../catalog/listed-entries.ts'
import { OFFERS, type Offer, offerListedBy } from '../catalog/offers.ts'
import { useOf, visibilityOf } from '../catalog/visibility.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { accessInput } from '../own-tools/access-input.ts'
import { ACCESS_TOOL, ACCESS_TOOL_TEXT } from '../own-tools/access-tool.ts'
import type { Rewriting } from './rewriting.ts'

type Judging = Pick<Rewriting, 'catalog' | 'control' | 'decision' | 'clock'>

type Result = Extract<Message, { result: unknown }>

interface List extends ListedElements {
  readonly offer: Offer
}

/**
 * Lists show what the agent may use, by the decision service's verdict on the use of each entry, all asked for at once.
 * The catalog learns first what the upstream listed. A list that was made for one caller must not be kept for another
 * (MCP 2026-07-28, caching). Throws ListNotJudged.
 */
export function filterList(
  parts: Judging,
  exchange: McpExchange,
  message: Message,
  text: string,
): string | Promise<string> {
  if (message.kind !== 'response' || !('result' in message)) return text
  // A stream may also bring the response to an earlier request of its session, which may have been for a list.
  const isOwn = message.id === exchange.upstreamId
  const own = isOwn ? offerListedBy(exchange.call.method) : undefined
  const offers = own === undefined ? (isOwn ? [] : OFFERS) : [own]
  if (own === undefined && isOwn) refuseLeftOut(message)
  if (offers.length === 0) return text
  const filtering = { parts, exchange, message, text, own }
  const lists = listsIn(message, offers)
  return text.length > LONG_TEXT
    ? inTurns(lists).then((late) => listsShown(filtering, late))
    : listsShown(filtering, atOnce(lists))
}

interface Filtering {
  readonly parts: Judging
  readonly exchange: McpExchange
  readonly message: Result
  readonly text: string
  readonly own: Offer | undefined
}

function* listsIn({ canonical, result, refused }: Result, offers: readonly Offer[]): Steps<List[]> {
  const lists: List[] = []
  for (const offer of offers) {
    yield
    const listed = yield* elementsOf(offer, result, { text: canonical, path: ['result'] }, refused)
    if (listed !== undefined) lists.push({ offer, ...listed })
  }
  return lists
}

function listsShown(
  { parts, exchange, message, text, own }: Filtering,
  lists: readonly List[],
): string | Promise<string> {
  const { result } = message
  const [list] = lists
  const observed =
    own === undefined || list === undefined ? undefined : observe(parts, exchange, list, result)
  const ofTools = own?.kind === 'tool' && isFirstPage(exchange)
  const filter = () => (lists.length === 0 ? text : withShown(parts, exchange, lists, text, ofTools))
  const filtered = observed === undefined ? filter() : observed.then(filter)
  if (own === undefined || exchange.call.era !== 'stateless') return filtered
  return filtered instanceof Promise ? filtered.then(asPrivate) : asPrivate(filtered)
}

/** Only of a list an entry may be left out: in any other result it would be missing without a word. */
function refuseLeftOut({ refused = [] }: Result): void {
  const [refusal] = refused
  if (refusal !== undefined) throw new UpstreamAnswerInvalid('its result', { refusal })
}

function observe(
  { catalog }: Pick<Rewriting, 'catalog'>,
  { call }: McpExchange,
  list: List,
  result: JsonValue,
): Promise<void> | undefined {
  const cursor = cursorOf(call)
  const next = isJsonObject(result) ? result['nextCursor'] : undefined
  return catalog.pageListed(call, list.offer, list, { cursor, next })
}

/** Sallyport's own tools stand on the first page. */
function isFirstPage({ call }: McpExchange): boolean {
  return cursorOf(call) === undefined
}

function cursorOf({ message }: Pick<McpExchange['call'], 'message'>): JsonValue | undefined {
  const params: JsonValue = message !== null && 'params' in message ? (message.params ?? null) : null
  return isJsonObject(params) ? params['cursor'] : undefined
}

/** `offering`: whether a tool of ours stands in it, where this agent may use it. */
function withShown(
  parts: Judging,
  exchange: McpExchange,
  lists: readonly List[],
  text: string,
  offering: boolean,
): string | Promise<string> {
  const { catalog, control, clock, decision } = parts
  const known = catalog.of(exchange.call.upstream)
  const listing = decisionInput(control, exchange, null, clock())
  const named = lists.flatMap(({ offer: { kind }, elements }) =>
    elements.flatMap(({ name }) => (name === null || isOurs(kind, name) ? [] : [{ kind, name }])),
  )
  // The name is ours at every upstream, so the question about it is the one about our own tool.
  if (offering) named.push({ kind: 'tool', name: ACCESS_TOOL })
  const inputOf = ({ kind, name }: Named) =>
    isOurs(kind, name) ? accessInput(listing) : useOf(listing, known, kind, name)
  const show = (judged: readonly Judged[]): string => {
    if (judged.some(([, { fault }]) => fault !== null)) throw new ListNotJudged()
    let at = 0
    const visible = () => {
      const [input, verdict] = judged[at++] ?? notJudged()
      return visibilityOf(verdict, input, known)
    }
    const [, offered] = offering ? (judged.at(-1) ?? notJudged()) : []
    const more = offered?.outcome === 'hold' ? [ACCESS_TOOL_TEXT] : []
    return lists.reduce((so, list) => shownOf(list, visible, so, more), text)
  }
  if (named.length > MOST_AT_ONCE) return judgedInParts(decision, named, inputOf).then(show)
  const inputs = named.map(inputOf)
  const verdicts = decision.decideMany(inputs)
  return verdicts instanceof Promise
    ? verdicts.then((late) => show(paired(inputs, late)))
    : show(paired(inputs, verdicts))
}

interface Named {
  readonly kind: Offer['kind']
  readonly name: string
}

type Judged = readonly [DecisionInput, Verdict]

/** So many entries of a list are judged before others have their turn. */
const MOST_AT_ONCE = 100

async function judgedInParts(
  decision: Judging['decision'],
  named: readonly Named[],
  inputOf: (one: Named) => DecisionInput,
): Promise<readonly Judged[]> {
  const judged: Judged[] = []
  for (let from = 0; from < named.length; from += MOST_AT_ONCE) {
    const inputs = named.slice(from, from + MOST_AT_ONCE).map(inputOf)
    judged.push(...paired(inputs, await decision.decideMany(inputs)))
    await nextTurn()
  }
  return judged
}

function paired(inputs: readonly DecisionInput[], verdicts: readonly Verdict[]): readonly Judged[] {
  return inputs.map((input, at) => [input, verdicts[at] ?? notJudged()])
}

function notJudged(): never {
  throw new ListNotJudged()
}

function shownOf(
  { offer, elements }: List,
  visible: () => ReturnType<typeof visibilityOf>,
  text: string,
  more: readonly string[],
): string {
  const shown: string[] = []
  for (const { name, text: listed } of elements) {
    if (name === null || isOurs(offer.kind, name)) continue
    const seen = visible()
    if (seen.as === 'shown') shown.push(listed)
    // However often the entry is listed now, the accepted list had it once.
    else if (seen.as === 'accepted' && !shown.includes(seen.text)) shown.push(seen.text)
  }
  shown.push(...more)
  const unchanged = shown.length === elements.length && shown.every((one, at) => one === elements[at]?.text)
  return unchanged ? text : replaceMember(text, ['result', offer.member], `[${shown.join(',')}]`)
}

function isOurs(kind: Offer['kind'], name: string): boolean {
  return kind === 'tool' && name === ACCESS_TOOL
}

function asPrivate(text: string): string {
  return replaceMember(text, ['result', 'cacheScope'], '"private"')
}
