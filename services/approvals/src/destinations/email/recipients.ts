import { type Approval, openSelectors } from '@sallyport/approval'
import type { Person } from '@sallyport/control'
import { ANSWERERS, reaches } from '@sallyport/http-api'
import { selects } from '@sallyport/policy'

/** Somebody, or a mailbox, that is sent a message. */
export interface Recipient {
  /** `person:` and the person's id, or the address itself: what the log calls it. */
  readonly place: string
  readonly address: string
  readonly person: Person | null
}

/** More people than this have a mailing list, and a stage that takes more of them needs fewer of them told. */
const MOST_VOTERS = 100

/** The people with an address whose votes would count now and who have not voted. */
export function votersOf(approval: Approval, persons: Iterable<Person>): Recipient[] {
  if (approval.status !== 'pending') return []
  const selectors = openSelectors(approval)
  const out = new Set(approval.excluded.map(({ personId }) => personId))
  for (const { voter } of approval.votes) out.add(voter.id)
  for (const voterId of approval.editors) out.add(voterId)
  const voters: Recipient[] = []
  for (const person of persons) {
    const { id: personId, email, roles, groups } = person
    if (email === null || out.has(personId) || !reaches(roles, ANSWERERS)) continue
    if (!selectors.some((one) => selects(one, { personId, roles, groups }))) continue
    voters.push({ place: placeOf(personId), address: email, person })
    if (voters.length === MOST_VOTERS) break
  }
  return voters
}

/** Mailboxes that the operator named, without those of people who are told by themselves. */
export function mailboxesOf(addresses: readonly string[], people: readonly Recipient[]): Recipient[] {
  const told = new Set(people.map(({ address }) => address.toLowerCase()))
  return addresses
    .filter((address) => !told.has(address.toLowerCase()))
    .map((address) => ({ place: address, address, person: null }))
}

/** Who a place of the log is now; undefined where that person is gone or has no address any more. */
export function recipientAt(place: string, persons: ReadonlyMap<string, Person>): Recipient | undefined {
  if (!place.startsWith(PERSON)) return { place, address: place, person: null }
  const person = persons.get(place.slice(PERSON.length))
  return person?.email ? { place, address: person.email, person } : undefined
}

const PERSON = 'person:'
const placeOf = (personId: string): string => `${PERSON}${personId}`
