import {
  type ControlState,
  type Person,
  personDigest,
  personOfIdentity,
  type SubmitControl,
} from '@sallyport/control'
import { Conflict } from '@sallyport/http-api'
import { newId } from '@sallyport/runtime'
import { type Claimed, claimedBy, freeName } from './claims.ts'
import type { SignInConfig } from './config.ts'
import { NoRole } from './errors.ts'
import type { SignedIn } from './provider.ts'

const BY = { actor: { type: 'system', name: 'sign-in' }, idempotencyKey: null } as const

export interface Admitting {
  readonly state: () => ControlState
  readonly submit: SubmitControl
  readonly config: Pick<SignInConfig, 'groupsClaim' | 'rolesClaim' | 'roles'>
}

/**
 * The person who has this issuer's subject, and only by that. Where roles come from claims, groups and roles are set to what
 * the claims say now, and somebody new becomes a person. Throws NoRole.
 */
export async function admitPerson(admitting: Admitting, signedIn: SignedIn): Promise<Person> {
  const { state, config } = admitting
  const { issuer, subject } = signedIn
  const known = personOfIdentity(state(), { issuer, subject })
  if (config.roles.size === 0) {
    if (known === undefined || known.roles.length === 0) throw new NoRole(issuer, subject)
    return known
  }
  const claimed = claimedBy(signedIn.claims, config)
  if (known === undefined && claimed.roles.length === 0) throw new NoRole(issuer, subject)
  const person = known ? await updated(admitting, known, claimed) : await added(admitting, signedIn, claimed)
  if (person.roles.length === 0) throw new NoRole(issuer, subject)
  return person
}

async function updated({ state, submit }: Admitting, known: Person, claimed: Claimed): Promise<Person> {
  const { createdAt: _, ...before } = known
  const now = { ...before, email: claimed.email ?? known.email, groups: claimed.groups, roles: claimed.roles }
  if (isSame(before, now)) return known
  const outcome = await submit('sallyport.person.changed.v1', known.name, {
    ...BY,
    ...now,
    basedOn: personDigest(known),
  })
  const person = state().persons.get(known.id)
  if (!outcome.accepted || person === undefined)
    throw new Conflict('what is known of you was changed at the same time; begin again')
  return person
}

async function added({ state, submit }: Admitting, signedIn: SignedIn, claimed: Claimed): Promise<Person> {
  const identity = { issuer: signedIn.issuer, subject: signedIn.subject }
  const taken = new Set([...state().persons.values()].map(({ name }) => name))
  const name = freeName(claimed.names, taken)
  const { email, groups, roles } = claimed
  const facts = { id: newId(), name, email, groups, roles, identity }
  await submit('sallyport.person.added.v1', name, { ...BY, ...facts })
  // Two sign-ins at the same moment: the first in the log made the person.
  const person = personOfIdentity(state(), identity)
  if (person === undefined)
    throw new Conflict(`somebody took the name ${name} at the same time; sign in again`)
  return person
}

function isSame(a: Omit<Person, 'createdAt'>, b: Omit<Person, 'createdAt'>): boolean {
  const facts = ({ email, groups, roles }: typeof a) =>
    JSON.stringify([email, [...groups].sort(), [...roles].sort()])
  return facts(a) === facts(b)
}
