import { createHmac, type KeyObject } from 'node:crypto'
import { redact } from '@sallyport/inspection'
import type { Action } from './action.ts'
import type { Evidence } from './records.ts'

const NOTHING: Evidence = { arguments: null, argsDigest: null, findings: [] }

/** The arguments as they may be recorded. The digest is keyed: a plain one could be guessed from short arguments. */
export function evidenceOf(call: Action, digestKey: KeyObject): Evidence {
  if (call.argumentsText === null) return NOTHING
  const { value, redactions } = redact(call.params)
  return {
    arguments: value,
    argsDigest: createHmac('sha256', digestKey).update(call.argumentsText).digest('hex'),
    findings: [...redactions],
  }
}
