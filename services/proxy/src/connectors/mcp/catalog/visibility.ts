import type { Catalog, OfferedKind } from '@sallyport/control'
import {
  type DecisionInput,
  lessSpecificOf,
  promptAction,
  type ResourceUse,
  recordedAction,
  resourceAction,
  riskOf,
  toolAction,
  UNREAD_ARGUMENTS,
  type Verdict,
} from '@sallyport/policy'
import { carriesSecret } from '../message/offered-subject.ts'
import { catalogKey, isAddressed } from './offers.ts'

/**
 * The question whether something may be used that a list names, or a subscription: `asked` is the input of that.
 * `use`: of a resource.
 */
export function useOf(
  asked: DecisionInput,
  catalog: Catalog | undefined,
  kind: OfferedKind,
  name: string,
  use: ResourceUse = 'read',
): DecisionInput {
  const action = useAction(kind, name, use)
  const key = catalogKey(kind, name)
  const definition = catalog?.offered[kind].get(key)?.offered?.fingerprint ?? null
  const tool = { kind, key, definition, listed: false }
  return {
    ...asked,
    action,
    recordedAction: recordedAction(action, isAddressed(kind) && carriesSecret(name)),
    lessSpecific: lessSpecificOf(action),
    risk: riskOf(action),
    arguments: UNREAD_ARGUMENTS,
    findings: [],
    tool,
  }
}

/**
 * `shown`: as it is listed. `accepted`: it has changed and a person is asked about its use, so what the agent reads of
 * it is what was accepted, given here. `hidden`: its use is denied.
 */
export type Visibility =
  | { readonly as: 'shown' | 'hidden' }
  | { readonly as: 'accepted'; readonly text: string }

const SHOWN = { as: 'shown' } as const
const HIDDEN = { as: 'hidden' } as const

/** An offer is shown when it is denied only because a list lacks something that a call would bring along. */
export function visibilityOf(
  { outcome, needs, catalog: standing }: Verdict,
  { tool }: DecisionInput,
  catalog: Catalog | undefined,
): Visibility {
  if (outcome === 'deny') return needs === null ? HIDDEN : SHOWN
  if (standing?.mode !== 'hold' || tool === null) return SHOWN
  const { accepted, offered } = catalog?.offered[tool.kind].get(tool.key) ?? NOTHING
  if (accepted === null || offered === null || accepted.fingerprint === offered.fingerprint) return SHOWN
  // A text of several of one name is a list of them.
  const whole = accepted.entire && accepted.text?.startsWith('{')
  return whole && accepted.text !== null ? { as: 'accepted', text: accepted.text } : HIDDEN
}

const NOTHING = { accepted: null, offered: null }

/** A template is judged like a resource of which it is the URI. */
function useAction(kind: OfferedKind, name: string, use: ResourceUse): string {
  switch (kind) {
    case 'tool':
      return toolAction(name)
    case 'prompt':
      return promptAction(name)
    case 'resource':
    case 'template':
      return resourceAction(name, use)
  }
}
