import { sha256Hex } from '@sallyport/runtime'
import { percentDecode, percentEncode } from './percent-encode.ts'

/** What a prompt or resource is used for; each has names of its own. */
export type PromptUse = 'get' | 'complete'
export type ResourceUse = 'read' | 'subscribe' | 'unsubscribe' | 'complete'

export const PROMPTS_LIST_ACTION = 'mcp.prompts.list'
export const RESOURCES_LIST_ACTION = 'mcp.resources.list'
export const TEMPLATES_LIST_ACTION = 'mcp.resources.templates_list'

export const RESOURCES = 'mcp.resources.'
const PROMPTS = 'mcp.prompts.'
const PROMPT_TAKEN = /^(?:list$|get\.|complete\.)/
const RESOURCE_TAKEN = /^(?:list$|templates_list$|read\.|subscribe\.|unsubscribe\.|complete\.)/
const RESOURCE_NAME = /^mcp\.resources\.(?!list$|templates_list$)(?:(read|subscribe|unsubscribe|complete)\.)?/

/** A longer URI, in UTF-16 code units, has no name. Nothing of it is judged, so it is refused. */
export const LONGEST_URI = 8192
/** Events and permissions hold names up to this length. */
export const LONGEST_RECORDED = 256
/** Not among the characters of an encoded name, and allowed in a pattern. */
const CUT = '$'

/** The action of using a prompt; a prompt whose name would read as another use of one moves under `get.`. */
export function promptAction(name: string, use: PromptUse = 'get'): string {
  const encoded = percentEncode(name)
  if (use === 'complete') return `${PROMPTS}complete.${encoded}`
  return PROMPT_TAKEN.test(encoded) ? `${PROMPTS}get.${encoded}` : PROMPTS + encoded
}

/** The action of using a resource, by its whole URI as it was sent, byte for byte. */
export function resourceAction(uri: string, use: ResourceUse = 'read'): string {
  const encoded = percentEncode(uri)
  const plain = use === 'read' && !RESOURCE_TAKEN.test(encoded)
  return (plain ? RESOURCES : `${RESOURCES}${use}.`) + encoded
}

/** What resource an action uses, and for what; undefined for every other action. */
export function resourceIn(action: string): { readonly use: ResourceUse; readonly uri: string } | undefined {
  const [head, use] = action.startsWith(RESOURCES) ? (RESOURCE_NAME.exec(action) ?? []) : []
  if (head === undefined) return undefined
  return { use: (use ?? 'read') as ResourceUse, uri: percentDecode(action.slice(head.length)) }
}

/** The tool or prompt that an action uses; undefined for every other action. */
export function namedThingIn(
  action: string,
): { readonly kind: 'tool' | 'prompt'; readonly name: string } | undefined {
  const [, tool] = /^mcp\.tools\.(?!list$)(?:call\.)?(.+)$/s.exec(action) ?? []
  if (tool !== undefined) return { kind: 'tool', name: percentDecode(tool) }
  const [, prompt] = /^mcp\.prompts\.(?!list$)(?:get\.|complete\.)?(.+)$/s.exec(action) ?? []
  return prompt === undefined ? undefined : { kind: 'prompt', name: percentDecode(prompt) }
}

/** Whether a recorded name is less than the one that was judged. */
export function isShortened(recorded: string): boolean {
  return recorded.startsWith(RESOURCES) && recorded.includes(CUT)
}

/**
 * The name under which an action is recorded and told. A longer one than the record holds keeps its beginning, and ends
 * in the SHA-256 of the whole. `secret`: its URI carries a credential, and nothing of it is kept but the SHA-256.
 * Nothing is judged by what it lacks.
 */
export function recordedAction(action: string, secret = false): string {
  if (!secret && action.length <= LONGEST_RECORDED) return action
  const resource = resourceIn(action)
  if (resource === undefined) return action
  const { use, uri } = resource
  const digest = CUT + sha256Hex(uri.toWellFormed() === uri ? uri : JSON.stringify(uri))
  if (!secret) return action.slice(0, LONGEST_RECORDED - digest.length) + digest
  return (use === 'read' ? RESOURCES : `${RESOURCES}${use}.`) + digest
}
