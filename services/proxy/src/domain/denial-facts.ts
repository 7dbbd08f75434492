import type { Action } from './action.ts'
import type { ArgumentLimit, Denial, DenialCause, DenialOutcome, Grantor, Retry } from './denial-shape.ts'
import { denialWords } from './denial-words.ts'
import { type Guidance, NO_GUIDANCE } from './guidance.ts'
import type { ActionVerdict } from './verdict.ts'

/** A rule or a person refuses the action: the rest says which, and how access is had. */
const DENIED = 'SP_DENIED'

/** The action breaks a rule of its protocol, which its reasons name. */
const PROTOCOL_BROKEN = 'SP_PROTOCOL_BROKEN'

/** The action waits for a person: the same one again attaches to its approval. */
const PENDING = 'SP_PENDING'

const AGAIN_MS = 1000

/** Limits of what is under way: it passes when something else has ended. All others are limits of the action itself. */
const PASSING: ReadonlySet<string> = new Set([
  'limit: bytes in memory',
  'limit: calls at once',
  'limit: held calls',
  'limit: requests for access',
  'limit: streams at once',
])

const ARGUMENTS_READ: ArgumentLimit = { of: 'arguments', most: 1024 * 1024, unit: 'characters' }

type Told = Pick<Action, 'recordedAction' | 'actionId'> & { readonly upstream: { readonly name: string } }

/** Everything that the agent is told of a denial, as facts and in words. */
export function denialFacts(action: Told, verdict: ActionVerdict, guidance: Guidance = NO_GUIDANCE): Denial {
  const { rule, reasons, policyVersion, approvalId } = verdict
  const { allowed, askWith, repeat } = guidance
  const because = causeOf(verdict)
  const facts = {
    outcome: outcomeOf(verdict, because, guidance),
    because,
    code: codeOf(verdict, because),
    rule,
    reasons: [...reasons],
    policyVersion,
    upstream: action.upstream.name,
    action: action.recordedAction,
    actionId: action.actionId,
    approvalId,
    approvalUrl: null,
    allowed: [...allowed],
    limits: rule === 'guardrails: arguments' ? [ARGUMENTS_READ] : [],
    access: accessTo(verdict, because, askWith),
    ...retryOf(verdict, because, repeat.pauseMs),
    edited: editedFacts(verdict),
    times: repeat.times,
  }
  return { message: denialWords(facts, repeat.told), ...facts }
}

function editedFacts({ edited }: ActionVerdict): Denial['edited'] {
  return edited === undefined ? null : { ...edited, changes: edited.changes.map((change) => ({ ...change })) }
}

/** A call whose approval nobody has answered yet. `message` says so in words, and where it is answered. */
export interface Pending {
  readonly message: string
  readonly approvalId: string | null
  readonly approvalUrl: string | null
  readonly retryAfterMs: number
}

export function pendingFacts(action: Told, held: ActionVerdict, pending: Pending): Denial {
  return {
    ...denialFacts(action, held),
    outcome: 'pending',
    because: 'person',
    code: PENDING,
    limits: [],
    access: { by: 'approver', how: HOW_ANSWERED, tool: null },
    retry: 'same_call',
    ...pending,
    ...(held.unanswerable === undefined ? {} : nobody(held.unanswerable)),
  }
}

/** The call waits, and nobody could let it through: that is for an administrator, and no use trying again until then. */
function nobody(why: string): Pick<Denial, 'access' | 'retry' | 'retryAfterMs'> {
  const how = `nobody can answer the approval (${why}): an administrator of Sallyport can change the people or the rule`
  return { access: { by: 'administrator', how, tool: null }, retry: 'after_change', retryAfterMs: null }
}

const HOW_ANSWERED = 'a person answers the approval in Sallyport'

function causeOf({ by, fault }: ActionVerdict): DenialCause {
  if (fault !== null) return 'fault'
  switch (by) {
    case 'approval':
    case 'approver':
      return 'person'
    case 'limit':
    case 'protocol':
    case 'fault':
      return by
    default:
      return 'policy'
  }
}

function outcomeOf(
  { ended }: ActionVerdict,
  because: DenialCause,
  { repeat }: Pick<Guidance, 'repeat'>,
): DenialOutcome {
  if (because === 'fault') return 'failed'
  if (repeat.told === 'paused') return 'paused'
  return ended === 'expired' ? 'expired' : 'denied'
}

function codeOf({ fault, code }: ActionVerdict, because: DenialCause): string {
  return fault ?? code ?? (because === 'protocol' ? PROTOCOL_BROKEN : DENIED)
}

function accessTo({ by }: ActionVerdict, because: DenialCause, askWith: string | null): Denial['access'] {
  const [grantor, how] = grantorOf(by, because)
  return { by: grantor, how, tool: because === 'policy' ? askWith : null }
}

function grantorOf(
  by: ActionVerdict['by'],
  because: DenialCause,
): readonly [by: Grantor | null, how: string] {
  switch (because) {
    case 'fault':
      return ['operator', 'whoever runs Sallyport can mend it; nobody has to permit anything']
    case 'limit':
    case 'protocol':
      return [null, 'nobody has to permit it: the call itself has to change, or to wait']
    case 'person':
      return ['approver', HOW_ANSWERED]
    case 'policy':
      return ['administrator', POLICY_HOW[by] ?? 'an administrator of Sallyport can change the rule']
  }
}

const POLICY_HOW: Readonly<Record<string, string>> = {
  kill_switch: 'an administrator of Sallyport can turn the kill switch off',
  gateway: 'an administrator of Sallyport can give this agent a gateway that is in force',
  upstream: 'an administrator of Sallyport can register the upstream',
  permissions: 'an administrator of Sallyport can permit it',
  catalog: 'an administrator of Sallyport can accept it in the catalog',
}

function retryOf(
  verdict: ActionVerdict,
  because: DenialCause,
  pauseMs: number,
): { readonly retry: Retry; readonly retryAfterMs: number | null } {
  const retry = helpOf(verdict, because)
  if (pauseMs > 0) return { retry, retryAfterMs: Math.ceil(pauseMs) }
  const soon = retry === 'later' ? AGAIN_MS : retry === 'same_call' ? 0 : null
  return { retry, retryAfterMs: verdict.retryAfterMs ?? soon }
}

function helpOf({ by, rule, fault, ended }: ActionVerdict, because: DenialCause): Retry {
  switch (because) {
    case 'fault':
      return fault === 'SP_LIST_REFUSED' ? 'after_change' : 'later'
    case 'limit':
      return PASSING.has(rule) ? 'later' : 'changed_call'
    case 'protocol':
      return 'changed_call'
    case 'person':
      return ended === 'denied' ? 'no' : 'same_call'
    case 'policy':
      return by === 'guardrails' ? 'changed_call' : 'after_change'
  }
}
