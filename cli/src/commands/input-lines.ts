import type { Readable } from 'node:stream'
import { SallyportError } from '@sallyport/runtime'

const LINE_FEED = 0x0a
const LONGEST = 64 * 1024 * 1024

/** A text, or a line of one, is longer than 64 MiB. */
export class InputTooLarge extends SallyportError {
  constructor() {
    super('SP_INSPECT_INPUT_TOO_LARGE', 'invalid', 'the input has over 64 MiB')
  }
}

/** A line of the machine form is not a JSON object with an input. */
export class InputLineInvalid extends SallyportError {
  constructor() {
    super('SP_INSPECT_LINE_INVALID', 'invalid', 'the line is not a JSON object with an input')
  }
}

/** The whole of it as text; bytes that are no UTF-8 become U+FFFD. Throws InputTooLarge. */
export async function wholeText(source: Readable): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of source as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > LONGEST) throw new InputTooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Lines as bytes, without their end. Only a line feed ends one: U+2028 and a carriage return are content. */
export async function* lineBuffers(source: Readable): AsyncGenerator<Buffer | InputTooLarge> {
  let parts: Buffer[] = []
  let bytes = 0
  for await (const chunk of source as AsyncIterable<Buffer>) {
    let from = 0
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, from)) {
      bytes += end - from
      yield bytes > LONGEST ? new InputTooLarge() : Buffer.concat([...parts, chunk.subarray(from, end)])
      parts = []
      bytes = 0
      from = end + 1
    }
    bytes += chunk.length - from
    if (bytes > LONGEST) parts = []
    else if (from < chunk.length) parts.push(chunk.subarray(from))
  }
  if (bytes > LONGEST) yield new InputTooLarge()
  else if (bytes > 0) yield Buffer.concat(parts)
}
