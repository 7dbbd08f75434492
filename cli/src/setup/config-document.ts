import { isDeepStrictEqual } from 'node:util'
import { ConfigUnparsable, EditNotExact } from './errors.ts'
import { openJson } from './json-document.ts'
import { applyEdits, type Operation, operate, type Value } from './operation.ts'
import { openToml } from './toml-document.ts'

export type Format = 'json' | 'toml'
const BYTE_ORDER_MARK = '\uFEFF'

/** The data of a configuration; rejects what does not parse, or parses in two ways. */
export function readConfig(text: string, format: Format): Value {
  const body = withoutMark(text)
  try {
    return format === 'json' ? openJson(body).value : openToml(body).value
  } catch (cause) {
    if (cause instanceof RangeError) throw new ConfigUnparsable('it is nested too deep', 1, 1, { cause })
    throw cause
  }
}

/**
 * The text with the operations done and everything else as it was, to the byte. The result is parsed again. It must
 * differ from the original by the operations only.
 */
export function editConfig(text: string, format: Format, operations: readonly Operation[]): string {
  if (operations.length === 0) return text
  const body = withoutMark(text)
  const document = format === 'json' ? openJson(body) : openToml(body)
  const edited = applyEdits(body, document.edit(operations))
  if (!isDeepStrictEqual(readConfig(edited, format), operate(document.value, operations)))
    throw new EditNotExact()
  return text.slice(0, text.length - body.length) + edited
}

export function withoutMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
}
