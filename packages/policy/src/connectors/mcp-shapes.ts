import {
  actionOf,
  RESPONSE_ACTION,
  SESSION_DELETE_ACTION,
  STREAM_OPEN_ACTION,
  UNKNOWN_ACTION,
} from '../action.ts'
import { CLIENT_METHODS } from '../mcp-methods.ts'
import { ACCESS_REQUEST_ACTION } from '../own-action.ts'
import { type ChosenText, ENCODED_TEXT, textOr, textWithout } from './chosen-text.ts'
import type { NameShape } from './name-shape.ts'

const RPC = 'mcp.rpc.'
const NOTIFICATION = 'notifications'
/** The recorded name of a resource whose own name is not recorded whole. */
const RECORDED = /^[A-Za-z0-9_.%-]*\$[0-9a-f]{64}$/
/** Behind what a name has moved for, such as `call.`, there may be nothing. */
const MOVED = textOr(ENCODED_TEXT, /^$/)
const URI = textOr(ENCODED_TEXT, RECORDED)

/** Methods that MCP knows and that name nothing finer, and what is no method. */
const KNOWN: ReadonlySet<string> = new Set([
  ...[UNKNOWN_ACTION, RESPONSE_ACTION, STREAM_OPEN_ACTION, SESSION_DELETE_ACTION].map(withoutFamily),
  ...[...CLIENT_METHODS]
    .filter((method) => actionOf(messageOf(method)) === RPC + translated(method))
    .map(translated),
])
/** No custom method is named like one that MCP knows, in capitals or not. */
const TAKEN: ReadonlySet<string> = new Set(
  [...KNOWN, ...[...CLIENT_METHODS].map(translated)].map((name) => name.toLowerCase()),
)
const METHOD = /^[A-Za-z0-9_.$-]{1,128}$/
const PIECE = /^[A-Za-z0-9_.$-]*$/

const METHOD_TEXT: ChosenText = {
  whole: (text) =>
    KNOWN.has(text) || (METHOD.test(text) && !TAKEN.has(text.toLowerCase()) && !isAlmostNotification(text)),
  begins: (text) => PIECE.test(text) && !isAlmostNotification(text),
  within: (text) => PIECE.test(text),
  ends: (text) => PIECE.test(text),
}

/** Every name that an MCP message can have. Names that would read as something else have moved under another word. */
export const MCP_SHAPES: readonly NameShape[] = [
  { beginning: 'mcp.tools.', chosen: textWithout(ENCODED_TEXT, /^call\./, /^list$/) },
  ...fixed('mcp.tools.list', 'mcp.tools.call.list'),
  { beginning: 'mcp.tools.call.call.', chosen: MOVED },
  { beginning: 'mcp.prompts.', chosen: textWithout(ENCODED_TEXT, /^(?:get|complete)\./, /^list$/) },
  ...fixed('mcp.prompts.list', 'mcp.prompts.get.list'),
  ...under(['mcp.prompts.get.get.', 'mcp.prompts.get.complete.'], MOVED),
  ...under(['mcp.prompts.complete.'], ENCODED_TEXT),
  {
    beginning: 'mcp.resources.',
    chosen: textWithout(URI, /^(?:read|subscribe|unsubscribe|complete)\./, /^(?:list|templates_list)$/),
  },
  ...fixed('mcp.resources.list', 'mcp.resources.templates_list'),
  ...under(
    ['subscribe.', 'unsubscribe.', 'complete.'].map((use) => `mcp.resources.${use}`),
    URI,
  ),
  {
    beginning: 'mcp.resources.read.',
    chosen: {
      ...URI,
      whole: (text) =>
        URI.whole(text) &&
        /^(?:list$|templates_list$|read\.|subscribe\.|unsubscribe\.|complete\.)/.test(text),
    },
  },
  { beginning: RPC, chosen: METHOD_TEXT },
  ...fixed(ACCESS_REQUEST_ACTION),
]

function fixed(...names: readonly string[]): NameShape[] {
  return names.map((beginning) => ({ beginning }))
}

function under(beginnings: readonly string[], chosen: ChosenText): NameShape[] {
  return beginnings.map((beginning) => ({ beginning, chosen }))
}

function messageOf(method: string) {
  const kind = method.startsWith(`${NOTIFICATION}/`) ? 'notification' : 'request'
  return { kind, method } as const
}

function isAlmostNotification(text: string): boolean {
  return text.toLowerCase().startsWith(`${NOTIFICATION}_`) && !text.startsWith(`${NOTIFICATION}_`)
}

function translated(method: string): string {
  return method.replaceAll('/', '_')
}

function withoutFamily(action: string): string {
  return action.slice(RPC.length)
}
