import { isJsonObject, type JsonValue, type Message, memberText, replaceMember } from '@sallyport/jsonrpc'
import { elementsOf, type ListElement } from '../catalog/listed-entries.ts'
import { OFFERS, type Offer, offerListedBy } from '../catalog/offers.ts'
import { Visibility } from '../catalog/visibility.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import type { Rewriting } from './rewrite-answer.ts'

/**
 * Lists show what the agent may use. What the upstream listed is taken into the catalog first. A list that was made
 * for one caller must not be kept for another (MCP 2026-07-28, caching).
 */
export function filterList(
  parts: Pick<Rewriting, 'catalog' | 'control'>,
  exchange: McpExchange,
  message: Message,
  text: string,
): string {
  if (message.kind !== 'response' || !('result' in message)) return text
  const { result } = message
  // A stream may also bring the response to an earlier request of its session, which may have been for a list.
  const isOwn = message.id === exchange.upstreamId
  const own = isOwn ? offerListedBy(exchange.call.method) : undefined
  const offers = own === undefined ? (isOwn ? [] : OFFERS) : [own]
  if (offers.length === 0) return text
  const canonical = memberText(message.canonical, ['result']) ?? ''
  let filtered = text
  for (const offer of offers) {
    const elements = elementsOf(offer, result, canonical)
    if (elements === undefined) continue
    if (own !== undefined) observe(parts, exchange, offer, elements, result)
    filtered = withShown(parts, exchange, offer, elements, filtered)
  }
  return own !== undefined && exchange.call.era === 'stateless' ? asPrivate(filtered) : filtered
}

function observe(
  { catalog }: Pick<Rewriting, 'catalog'>,
  { call }: McpExchange,
  offer: Offer,
  elements: readonly ListElement[],
  result: JsonValue,
): void {
  const params: JsonValue =
    call.message !== null && 'params' in call.message ? (call.message.params ?? null) : null
  const cursor = isJsonObject(params) ? params['cursor'] : undefined
  const next = isJsonObject(result) ? result['nextCursor'] : undefined
  catalog.pageListed(call, offer, elements, { cursor, next })
}

function withShown(
  { catalog, control }: Pick<Rewriting, 'catalog' | 'control'>,
  { call }: McpExchange,
  offer: Offer,
  elements: readonly ListElement[],
  text: string,
): string {
  const visibility = new Visibility(call, control.state(), catalog.of(call.upstream))
  const shown: string[] = []
  for (const { name, text: listed } of elements) {
    if (name === null) continue
    const seen = visibility.of(offer.kind, name)
    if (seen.as === 'shown') shown.push(listed)
    // However often it is listed now: what was accepted was listed once.
    else if (seen.as === 'accepted' && !shown.includes(seen.text)) shown.push(seen.text)
  }
  const unchanged = shown.length === elements.length && shown.every((one, at) => one === elements[at]?.text)
  return unchanged ? text : replaceMember(text, ['result', offer.member], `[${shown.join(',')}]`)
}

function asPrivate(text: string): string {
  return replaceMember(text, ['result', 'cacheScope'], '"private"')
}
