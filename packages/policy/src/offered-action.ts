import { sha256Hex } from '@sallyport/runtime'
import { percentEncode } from './percent-encode.ts'

/** What a prompt or resource is used for; each has names of its own. */
export type PromptUse = 'get' | 'complete'
export type ResourceUse = 'read' | 'subscribe' | 'unsubscribe' | 'complete'

export const PROMPTS_LIST_ACTION = 'mcp.prompts.list'
export const RESOURCES_LIST_ACTION = 'mcp.resources.list'
export const TEMPLATES_LIST_ACTION = 'mcp.resources.templates_list'

const PROMPTS = 'mcp.prompts.'
const RESOURCES = 'mcp.resources.'
const PROMPT_TAKEN = /^(?:list$|get\.|complete\.)/
const RESOURCE_TAKEN = /^(?:list$|templates_list$|read\.|subscribe\.|unsubscribe\.|complete\.)/

/** Events and permissions hold names up to this length. */
const LONGEST = 256
/** Not among the characters of an encoded name, and allowed in a pattern. */
const CUT = '$'
/** A segment that leads up or stays, in whatever way it is written: behind it begins another address than before it. */
const CLIMBS =
  /(?:^|[/\\?#&=:;]|%(?:25)*(?:2f|5c|3[abdf]|23|26))(?:\.|%(?:25)*2e){1,2}(?=$|[/\\?#&;]|%(?:25)*(?:2f|5c|3[bf]|23|26))/i

/** The action of using a prompt; a prompt whose name would read as another use of one moves under `get.`. */
export function promptAction(name: string, use: PromptUse = 'get'): string {
  const encoded = percentEncode(name)
  if (use === 'complete') return `${PROMPTS}complete.${encoded}`
  return PROMPT_TAKEN.test(encoded) ? `${PROMPTS}get.${encoded}` : PROMPTS + encoded
}

/**
 * The action of using a resource, by its URI as it was sent, byte for byte. One that is longer than the record
 * holds keeps its beginning, so that patterns still fit it, and the SHA-256 of the whole. `secret`: it carries a
 * credential, and nothing of it is kept but the SHA-256. So it is with one that climbs: whoever may read what is under
 * `file:///srv/public/` may not read `file:///srv/public/../private`.
 */
export function resourceAction(uri: string, use: ResourceUse = 'read', secret = false): string {
  const encoded = percentEncode(uri)
  const plain = use === 'read' && !RESOURCE_TAKEN.test(encoded)
  const head = plain ? RESOURCES : `${RESOURCES}${use}.`
  const hidden = secret || CLIMBS.test(uri)
  if (!hidden && head.length + encoded.length <= LONGEST) return head + encoded
  const digest = CUT + sha256Hex(uri.toWellFormed() === uri ? uri : JSON.stringify(uri))
  return head + (hidden ? '' : encoded.slice(0, LONGEST - head.length - digest.length)) + digest
}
