import {
  type ApprovalTerms,
  type Approver,
  SELECTOR_KINDS,
  type Selector,
  type SelectorKind,
} from '@sallyport/policy'
import type {
  ApprovalTerms as WireTerms,
  ApprovalTerms__Output as WireTermsRead,
} from './gen/sallyport/policy/v1/ApprovalTerms.ts'
import type {
  Approver as WireApprover,
  Approver__Output as WireApproverRead,
} from './gen/sallyport/policy/v1/Approver.ts'
import type {
  Selector as WireSelector,
  Selector__Output as WireSelectorRead,
} from './gen/sallyport/policy/v1/Selector.ts'

const KINDS: ReadonlySet<string> = new Set(SELECTOR_KINDS)

export function toWireTerms(terms: ApprovalTerms): WireTerms {
  return {
    stages: terms.stages.map(({ need, of }) => ({ need, of: of.map(toWireSelector) })),
    answerWithinMs: terms.answerWithinMs ?? 0,
    useWithinMs: terms.useWithinMs ?? 0,
    remindAfterMs: terms.remindAfterMs ?? 0,
    escalateAfterMs: terms.escalateAfterMs ?? 0,
    fallback: terms.fallback.map(toWireSelector),
    noGrants: terms.grantWithinMs === 0,
    grantWithinMs: terms.grantWithinMs ?? 0,
  }
}

/** Undefined where it says what nobody knows, or a stage that takes no vote. */
export function fromWireTerms(wire: WireTermsRead): ApprovalTerms | undefined {
  const stages = wire.stages.map(({ need, of }) => ({ need, of: of.map(selectorOf) }))
  const fallback = wire.fallback.map(selectorOf)
  if (stages.length === 0 || !fallback.every(isKnown)) return undefined
  const known = stages.flatMap(({ need, of }) =>
    need > 0 && of.length > 0 && of.every(isKnown) ? [{ need, of }] : [],
  )
  if (known.length < stages.length) return undefined
  return {
    stages: known,
    answerWithinMs: wire.answerWithinMs || null,
    useWithinMs: wire.useWithinMs || null,
    remindAfterMs: wire.remindAfterMs || null,
    escalateAfterMs: wire.escalateAfterMs || null,
    fallback,
    ...grantLimit(wire),
  }
}

function grantLimit({ noGrants, grantWithinMs }: WireTermsRead): Pick<ApprovalTerms, 'grantWithinMs'> {
  if (noGrants) return { grantWithinMs: 0 }
  return grantWithinMs > 0 ? { grantWithinMs } : {}
}

export function toWireApprover({ tokenId, personId, botId, as }: Approver): WireApprover {
  return {
    tokenId: tokenId ?? '',
    personId: personId ?? '',
    botId: botId ?? '',
    as: toWireSelector(as),
  }
}

/** One that counted for what nobody knows is one whose token is not known: the vote counts no more. */
export function fromWireApprover(wire: WireApproverRead): Approver {
  const as = wire.as === null ? undefined : selectorOf(wire.as)
  if (!isKnown(as)) return UNKNOWN_APPROVER
  return {
    tokenId: wire.tokenId || null,
    personId: wire.personId || null,
    botId: wire.botId || null,
    as,
  }
}

/** Where a release that names the token alone, or none, tells who approved. */
export function approverByToken(tokenId: string | null): Approver {
  return { ...UNKNOWN_APPROVER, tokenId }
}

const UNKNOWN_APPROVER: Approver = {
  tokenId: null,
  personId: null,
  botId: null,
  as: { kind: 'anyone', name: 'anyone', id: null },
}

function toWireSelector({ kind, name, id }: Selector): WireSelector {
  return { kind, name, id: id ?? '' }
}

function selectorOf({ kind, name, id }: WireSelectorRead): Selector | undefined {
  return isKind(kind) && name ? { kind, name, id: id || null } : undefined
}

function isKind(text: string): text is SelectorKind {
  return KINDS.has(text)
}

function isKnown(selector: Selector | undefined): selector is Selector {
  return selector !== undefined
}
