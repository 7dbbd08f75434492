import { SseFieldInvalid } from './errors.ts'
import type { SseFrame } from './sse-frame.ts'

const LINE_END = /\r\n|\r|\n/

/**
 * The canonical text of a frame: LF only, one field order, each line of data on its own. Throws
 * SseFieldInvalid for a field that would break out of its line or that readers ignore.
 */
export function encodeSse(frame: SseFrame): string {
  const { comment, event, id, retry, data } = frame
  let text = ''
  if (comment !== undefined) text += lines('', comment)
  if (event !== undefined) text += `event: ${checked('event', event, /[\r\n]/)}\n`
  if (id !== undefined) text += `id: ${checked('id', id, /[\r\n\0]/)}\n`
  if (retry !== undefined) text += `retry: ${checked('retry', String(retry), /[^0-9]/)}\n`
  if (data !== undefined) text += lines('data', data)
  return text === '' ? '' : `${text}\n`
}

function lines(field: string, value: string): string {
  // A clean line of JSON is the ordinary case by far.
  if (!LINE_END.test(value)) return `${field}: ${value}\n`
  return value
    .split(LINE_END)
    .map((line) => `${field}: ${line}\n`)
    .join('')
}

function checked(field: 'event' | 'id' | 'retry', value: string, forbidden: RegExp): string {
  if (forbidden.test(value)) throw new SseFieldInvalid(field)
  return value
}
