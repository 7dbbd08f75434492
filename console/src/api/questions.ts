import { QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiProblem } from './call.ts'

/** What was asked of the API and is still known. A session that ended is asked about anew, which leads to the sign-in. */
export const questions: QueryClient = new QueryClient({
  defaultOptions: { queries: { retry: isWorthRepeating, retryDelay: 1500, refetchOnWindowFocus: true } },
  queryCache: new QueryCache({
    onError: (error, { queryKey }) => {
      if (error instanceof ApiProblem && error.status === 401 && queryKey[0] !== 'session')
        void questions.invalidateQueries({ queryKey: ['session'] })
    },
  }),
})

function isWorthRepeating(times: number, error: Error): boolean {
  if (!(error instanceof ApiProblem)) return false
  return (error.status === 0 || error.status >= 500) && times < 3
}
