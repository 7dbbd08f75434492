import { createHmac, type KeyObject } from 'node:crypto'
import { redact } from '@sallyport/inspection'
import type { Action } from '../domain/action.ts'
import type { Evidence } from '../domain/records.ts'

const NOTHING: Evidence = { arguments: null, argsDigest: null, findings: [] }

/**
 * The findings of inspection in an action before it is decided, and its arguments as they may be recorded. The digest
 * is keyed: a plain one could be guessed from short arguments.
 */
export function inspectAction(call: Action, digestKey: KeyObject): Evidence {
  if (call.argumentsText === null) return NOTHING
  const { value, redactions } = redact(call.params)
  return {
    arguments: value,
    argsDigest: createHmac('sha256', digestKey).update(call.argumentsText).digest('hex'),
    findings: [...redactions],
  }
}
