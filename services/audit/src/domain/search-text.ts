import type { SallyportEvent } from '@sallyport/events'
import { COLUMNS } from './record-columns.ts'
import { SEARCHED, searchedJson, searchedText, wordsOf } from './search-words.ts'

type Data = Readonly<Record<string, unknown>>

/** The words by which an event is found: the same as `rowQuery` puts into `search_text`. */
export function searchWordsOf(event: SallyportEvent): string[] {
  const data = event.data as Data
  const reasons = Array.isArray(data['reasons']) ? data['reasons'] : []
  const texts = [
    ...SEARCHED.map((name) => columnText(event, name)),
    ...reasons,
    searchedJson(data['findings']),
    searchedArguments(data),
  ]
  return wordsOf(texts.join(' '))
}

function searchedArguments({ arguments: given, argumentsText }: Data): string {
  return typeof argumentsText === 'string' ? searchedText(argumentsText) : searchedJson(given)
}

function columnText({ type, data }: SallyportEvent, name: string): string {
  if (name === 'outcome' && type === 'sallyport.action.aborted.v1') return 'aborted'
  const sources = COLUMNS.find((column) => column.name === name)?.sources ?? []
  for (const { path, types } of sources) {
    if (!types.includes(type)) continue
    const value = memberOf(data, path)
    if (value !== undefined && value !== null && value !== '') return String(value)
  }
  return ''
}

function memberOf(data: unknown, [member, part]: readonly [string] | readonly [string, string]): unknown {
  const value = (data as Data)[member]
  return part === undefined ? value : (value as Data | null | undefined)?.[part]
}
