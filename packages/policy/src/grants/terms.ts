import { parseSpan, spanText } from '../approval/span.ts'
import { parseWhere, sortedWhere } from './argument-pattern.ts'
import { GrantInvalid, GrantTooLong } from './errors.ts'

/** For which calls an approval is good beside its own: those of the same tool that all of it admits. */
export interface GrantTerms {
  /** Only those of the session of the call that was approved. */
  readonly session: boolean
  /** From the last vote on. */
  readonly forMs: number
  /** How many, beside the call that was approved; null: any number. */
  readonly uses: number | null
  /** Null: any arguments. */
  readonly arguments: GrantedArguments | null
}

/** Conditions as `parseWhere` reads them, and whether arguments that none of them names may be there and be anything. */
export interface GrantedArguments {
  readonly where: readonly string[]
  readonly others: boolean
}

/** The same as people write it. */
export interface GrantText {
  /** Left out: the installation's, or the longest that is allowed where that is shorter. */
  readonly for?: string | undefined
  readonly session?: boolean | undefined
  readonly uses?: number | undefined
  /** Conditions on the arguments. */
  readonly where?: readonly string[] | undefined
  /** Whether arguments that no condition names may be there; left out: none may. */
  readonly others?: 'any' | 'none' | undefined
}

export interface GrantBounds {
  /** What it lasts where nothing is said. */
  readonly usualMs: number
  /** What it may last. */
  readonly withinMs: number
  /** Whether the call that is approved belongs to a session. */
  readonly hasSession: boolean
}

export const MOST_USES = 10_000

/** Throws GrantInvalid, GrantTooLong or SpanInvalid. */
export function readGrant(text: GrantText, { usualMs, withinMs, hasSession }: GrantBounds): GrantTerms {
  const { session = false, uses } = text
  if (session && !hasSession) throw new GrantInvalid('the call belongs to no session')
  if (uses !== undefined && !(Number.isInteger(uses) && uses >= 1 && uses <= MOST_USES))
    throw new GrantInvalid(`uses is not a whole number from 1 to ${MOST_USES}`)
  const forMs = text.for === undefined ? Math.min(usualMs, withinMs) : parseSpan(text.for, 'for')
  if (forMs > withinMs) throw new GrantTooLong(spanText(forMs), spanText(withinMs))
  return { session, forMs, uses: uses ?? null, arguments: argumentsIn(text) }
}

function argumentsIn({ where, others }: GrantText): GrantedArguments | null {
  if (where === undefined && others === undefined) return null
  const given = { where: sortedWhere(where ?? []), others: others === 'any' }
  parseWhere(given.where, given.others)
  return given
}

/** `for 1h, 5 more calls, in the same session, with any arguments`. */
export function grantText({ forMs, uses, session, arguments: given }: GrantTerms): string {
  return [
    `for ${spanText(forMs)}`,
    ...(uses === null ? [] : [uses === 1 ? '1 more call' : `${uses} more calls`]),
    ...(session ? ['in the same session'] : []),
    given === null ? 'with any arguments' : `where ${whereText(given)}`,
  ].join(', ')
}

function whereText({ where, others }: GrantedArguments): string {
  return `${where.join(' and ')}${others ? ', and any others' : ', and no others'}`
}
