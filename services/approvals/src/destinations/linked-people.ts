import type { ControlView, Person } from '@sallyport/control'
import { ANSWERERS, reaches } from '@sallyport/http-api'
import type { Variable } from '@sallyport/runtime'
import type { AnswerRequest } from '../answer.ts'
import { ApprovalNotYours } from '../errors.ts'

export interface LinkedPeople {
  readonly name: string
  readonly describe: string
  /** What a user's id of the destination looks like, and what it is called in a refusal. */
  readonly user: RegExp
  readonly word: string
}

/** Which users of a destination are which people: `USER=PERSON_ID`, both by id. */
export function linkedPeopleVariable({
  name,
  describe,
  user,
  word,
}: LinkedPeople): Variable<ReadonlyMap<string, string>> {
  return {
    name,
    describe,
    fallback: '',
    parse(text) {
      const pairs = text
        .split(',')
        .map((pair) => pair.trim())
        .filter(Boolean)
        .map((pair): [string, string] => {
          const at = pair.indexOf('=')
          return [pair.slice(0, Math.max(at, 0)), pair.slice(at + 1)]
        })
      if (pairs.some(([id, person]) => !user.test(id) || person === ''))
        throw new Error(`must be ${word}=PERSON_ID, …`)
      if (new Set(pairs.map(([id]) => id)).size < pairs.length) throw new Error(`names a ${word} twice`)
      return new Map(pairs)
    },
  }
}

/** A person as they are now. Throws `ApprovalNotYours` where they are gone or may not answer. */
export function answererNow(
  control: Pick<ControlView, 'state'>,
  personId: string | undefined,
  whyNobody: string,
): Person {
  const person = personId === undefined ? undefined : control.state().persons.get(personId)
  if (!person) throw new ApprovalNotYours(whyNobody)
  if (!reaches(person.roles, ANSWERERS)) throw new ApprovalNotYours('your role does not answer approvals')
  return person
}

/** No token is behind it, so the vote hangs on the person alone, with what they are at this moment. */
export function ballotOf({ id, name, roles, groups }: Person): Pick<AnswerRequest, 'actor' | 'voter'> {
  const voter = { id, tokenId: null, personId: id, botId: null, advisory: false }
  return {
    actor: { type: 'person', name, holderId: id },
    voter: { ...voter, roles: [...roles], groups: [...groups] },
  }
}
