import { useQuery } from '@tanstack/react-query'
import { ApiProblem, call } from '../api/call.ts'
import { questions } from '../api/questions.ts'

/** Who has signed in. */
export interface Session {
  readonly name: string
  readonly roles: readonly string[]
}

const ANSWERERS = ['owner', 'admin', 'approver', 'bot']
const READERS = ['owner', 'admin', 'approver', 'analyst', 'bot']
const ACCEPTORS = ['owner', 'admin', 'approver']
const ADMINS = ['owner', 'admin']

/** Null where nobody has. */
export const sessionQuestion = {
  queryKey: ['session'],
  staleTime: 60_000,
  queryFn: async (): Promise<Session | null> => {
    try {
      return await call<Session>('GET', 'session')
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) return null
      throw error
    }
  },
}

export function useSession(): Session | null {
  return useQuery(sessionQuestion).data ?? null
}

export const mayAnswer = (session: Session | null): boolean =>
  session?.roles.some((role) => ANSWERERS.includes(role)) ?? false

export const mayReadRules = (session: Session | null): boolean =>
  session?.roles.some((role) => READERS.includes(role)) ?? false

export const mayAccept = (session: Session | null): boolean =>
  session?.roles.some((role) => ACCEPTORS.includes(role)) ?? false

export const maySetRules = (session: Session | null): boolean =>
  session?.roles.some((role) => ADMINS.includes(role)) ?? false

/** Posts a token once; from then on the browser has a cookie that no script reads. */
export async function signIn(token: string): Promise<void> {
  await call('POST', 'session', { headers: { authorization: `Bearer ${token}` } })
  questions.clear()
}

export async function signOut(): Promise<void> {
  await call('DELETE', 'session')
  questions.clear()
  // Whatever this page has read is gone with it.
  location.assign('/console/sign-in')
}
