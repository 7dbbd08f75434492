/** What the API said instead of an answer (RFC 9457), or that it said nothing: then `status` is 0. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, detail: string) {
    super(detail)
    this.status = status
    this.code = code
  }
}

interface Asked {
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/**
 * Asks the API of this very address; the browser adds the session's cookie, which no script reads. A write is JSON, which
 * the form of another site cannot send. Rejects with `ApiProblem`.
 */
export async function call<T>(method: string, path: string, asked: Asked = {}): Promise<T> {
  const { body, headers = {}, signal } = asked
  const reply = await fetch(`/v1/${path}`, {
    method,
    credentials: 'same-origin',
    redirect: 'error',
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause
    throw new ApiProblem(0, 'SP_UNREACHABLE', 'Sallyport does not answer. It is asked again.')
  })
  if (reply.ok) return (reply.status === 204 ? undefined : await reply.json()) as T
  const told = (await reply.json().catch(() => ({}))) as { detail?: string; title?: string; code?: string }
  const detail = told.detail ?? told.title ?? `Sallyport answered ${reply.status}.`
  throw new ApiProblem(reply.status, told.code ?? '', detail)
}

/** What a person is told of something that was thrown. */
export function told(thrown: unknown): string {
  return thrown instanceof ApiProblem ? thrown.message : 'Something went wrong in this page. Load it anew.'
}
