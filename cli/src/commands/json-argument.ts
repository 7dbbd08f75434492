import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser'
import { UsageError } from '../errors.ts'

/** The text as it was given. Throws UsageError where it is not JSON, with what is wrong at which of its characters. */
export function jsonArgument(flag: string, text: string): string {
  const faults: ParseError[] = []
  parse(text, faults, { disallowComments: true, allowEmptyContent: false })
  const [first] = faults
  if (first === undefined) return text
  // ValueExpected is said as `value expected`.
  const what = printParseErrorCode(first.error)
    .replaceAll(/(?!^)([A-Z])/g, ' $1')
    .toLowerCase()
  throw new UsageError(`${flag} is not JSON: ${what} at character ${first.offset + 1} of ${text.length}`)
}
