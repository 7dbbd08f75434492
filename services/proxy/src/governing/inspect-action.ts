import type { KeyObject } from 'node:crypto'
import { argumentsDigest } from '@sallyport/approval'
import { redact } from '@sallyport/inspection'
import type { Action } from '../domain/action.ts'
import type { Evidence } from '../domain/records.ts'

const NOTHING: Evidence = { arguments: null, meta: null, argsDigest: null, findings: [] }
const MOST_FINDINGS = 100
/** Clients keep whole documents in one text of it. */
const META = { stringCharacters: 4096, keyCharacters: 256 }

/** The findings of inspection in an action before it is decided, and its arguments as they may be recorded. */
export function inspectAction(call: Action, digestKey: KeyObject): Evidence {
  if (call.argumentsText === null) return NOTHING
  const { value, redactions, exact } = redact(call.params)
  const evidence = {
    arguments: value,
    meta: null,
    argsDigest: argumentsDigest(digestKey, call.argumentsText, call.boundMeta),
    findings: [...redactions],
  }
  const whole = exact ? { ...evidence, argumentsText: JSON.stringify(value) } : evidence
  return call.meta ? withMeta(whole, call.meta) : whole
}

function withMeta(evidence: Evidence, meta: NonNullable<Action['meta']>): Evidence {
  const { value, redactions } = redact(meta, META)
  const found = redactions.map((finding) => ({ ...finding, place: `/_meta${finding.place}` }))
  return {
    ...evidence,
    meta: JSON.stringify(value),
    findings:
      found.length === 0 ? evidence.findings : [...evidence.findings, ...found].slice(0, MOST_FINDINGS),
  }
}
