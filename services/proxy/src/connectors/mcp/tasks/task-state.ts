import { isJsonObject, type JsonObject, memberText, type Response } from '@sallyport/jsonrpc'

/** Where a task is (SEP-2663). Results, errors and input requests are canonical text, as they came. */
export type TaskState =
  | { readonly status: 'working'; readonly message: string }
  | {
      readonly status: 'input_required'
      readonly inputRequests: string
      readonly requestState: string | null
    }
  | { readonly status: 'completed'; readonly result: string }
  | { readonly status: 'failed'; readonly error: string }
  | { readonly status: 'cancelled'; readonly message: string }
  /** The upstream made a task of the call itself: it is asked for what became of it. */
  | { readonly status: 'passed_on'; readonly upstreamTaskId: string }

export function isOver({ status }: TaskState): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}

/** The state of a task after the answer to its call. `canonical` is its text as it would have gone to the client. */
export function stateAfter(response: Response, canonical: string): TaskState {
  if ('error' in response) return { status: 'failed', error: memberText(canonical, ['error']) ?? '{}' }
  const result: JsonObject = isJsonObject(response.result) ? response.result : {}
  const { resultType, requestState, taskId } = result
  if (resultType === 'task' && typeof taskId === 'string')
    return { status: 'passed_on', upstreamTaskId: taskId }
  if (resultType !== 'input_required')
    return { status: 'completed', result: memberText(canonical, ['result']) ?? '{}' }
  return {
    status: 'input_required',
    inputRequests: memberText(canonical, ['result', 'inputRequests']) ?? '{}',
    requestState: typeof requestState === 'string' ? requestState : null,
  }
}

export interface TaskFacts {
  readonly taskId: string
  readonly createdAt: string
  readonly lastUpdatedAt: string
  readonly ttlMs: number
  readonly pollIntervalMs: number
}

/** The answer to `tasks/get`. */
export function taskText(facts: TaskFacts, state: TaskState): string {
  const known = (status: string, more: JsonObject = {}) =>
    JSON.stringify({ resultType: 'complete', ...facts, status, ...more })
  const withText = (status: string, key: string, text: string) =>
    `${known(status).slice(0, -1)},${JSON.stringify(key)}:${text}}`
  switch (state.status) {
    case 'working':
    case 'cancelled':
      return known(state.status, { statusMessage: state.message })
    case 'input_required':
      return withText('input_required', 'inputRequests', state.inputRequests)
    case 'completed':
      return withText('completed', 'result', state.result)
    case 'failed':
      return withText('failed', 'error', state.error)
    case 'passed_on':
      return known('working')
  }
}
