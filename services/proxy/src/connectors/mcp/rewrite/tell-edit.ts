import { elementsAt, isJsonObject, type Message, replaceMember } from '@sallyport/jsonrpc'
import { editedWords } from '../../../domain/edited.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import type { Rewriting } from './rewriting.ts'

/** Where programs find what was changed, in the answer to a call whose arguments a person has edited. */
export const EDIT_META = 'sallyport/edit'

const WORDS =
  'Sallyport: this is not the answer to the call as you sent it. Its arguments were edited before it was carried out, by'

/**
 * The answer to a call that a person has edited says so: in words before the content of a tool, and as facts in `_meta`; in
 * its structured content too where its tool promises no shape of that (`structured`). An error has the words before its own.
 */
export function tellEdit(
  { structured }: Pick<Rewriting, 'structured'>,
  exchange: McpExchange,
  message: Message,
  text: string,
): string {
  const { edited, call } = exchange
  if (edited === undefined || message.kind !== 'response') return text
  if (message.id !== null && message.id !== exchange.upstreamId) return text
  const words = editedWords(edited, WORDS)
  const facts = JSON.stringify({ message: words, actionId: call.actionId, ...edited })
  if ('error' in message) {
    const told = JSON.stringify(`${words} ${message.error.message}`)
    const { data } = message.error
    const withWords = replaceMember(text, ['error', 'message'], told)
    return data === undefined || isJsonObject(data)
      ? replaceMember(withWords, ['error', 'data', EDIT_META], facts)
      : withWords
  }
  const { result } = message
  if (!isJsonObject(result)) return text
  const hasMeta = result['_meta'] === undefined || isJsonObject(result['_meta'])
  let told = hasMeta
    ? replaceMember(text, ['result', '_meta', EDIT_META], facts)
    : replaceMember(text, ['result', '_meta'], `{${JSON.stringify(EDIT_META)}:${facts}}`)
  const content = elementsAt(told, ['result', 'content'])
  if (content !== undefined) {
    const first = JSON.stringify({ type: 'text', text: words })
    told = replaceMember(told, ['result', 'content'], `[${[first, ...content].join(',')}]`)
  }
  return isJsonObject(result['structuredContent']) && structured(call)
    ? replaceMember(told, ['result', 'structuredContent', EDIT_META], facts)
    : told
}
