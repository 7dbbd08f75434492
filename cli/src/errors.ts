import { SallyportError } from '@sallyport/runtime'

/** Exit codes for scripts. 0 is success, 2 is commander's for wrong usage. */
export const EXIT = {
  failed: 1,
  usage: 2,
  notFound: 3,
  notAllowed: 4,
  conflict: 5,
  unreachable: 6,
  interrupted: 130,
} as const

/** An RFC 9457 problem as the API answers it. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail?: string
  readonly code?: string
  /** The parts of a call that whoever approves it has not been shown. */
  readonly unseen?: readonly { readonly place: string; readonly characters: number }[]
}

/** The API answered with a problem. */
export class ApiProblem extends SallyportError {
  readonly problem: Problem

  constructor(problem: Problem) {
    super('SP_CLI_API_PROBLEM', 'invalid', problem.detail ?? problem.title)
    this.problem = problem
  }
}

/** No Sallyport answers at the address. */
export class Unreachable extends SallyportError {
  constructor(url: string, options?: ErrorOptions) {
    super(
      'SP_CLI_UNREACHABLE',
      'unavailable',
      `no Sallyport answers at ${url}; start one with npm start or sallyport start, or say where with --url`,
      options,
    )
  }
}

/** Something else answers at the address where the API should be. */
export class NotTheApi extends SallyportError {
  constructor(url: string, answers: 'the proxy' | 'something else', options?: ErrorOptions) {
    const where = 'the first lines of a start and the file run.json in the data folder say where the API is'
    super(
      'SP_CLI_NOT_THE_API',
      'invalid',
      answers === 'the proxy'
        ? `at ${url} is the proxy, which agents use; commands use the API: ${where}`
        : `what answers at ${url} is not the API of Sallyport, whose address has no path: ${where}`,
      options,
    )
  }
}

/** No address was given, and no Sallyport runs on the data folder that would have named one. */
export class NotRunning extends SallyportError {
  constructor(folder: string) {
    super(
      'SP_CLI_NOT_RUNNING',
      'unavailable',
      `no Sallyport runs on the data folder ${folder}; start one with npm start or sallyport start, set SALLYPORT_DATA to the folder of one that runs, or give --url and --token`,
    )
  }
}

/** The command has no token for the address it would ask. */
export class NoToken extends SallyportError {
  constructor() {
    super(
      'SP_CLI_NO_TOKEN',
      'unauthenticated',
      'no token for that address: give --token or SALLYPORT_TOKEN, or set SALLYPORT_DATA to the data folder of the Sallyport that listens there',
    )
  }
}

/** The Sallyport of this machine wants a token from commands on it too. */
export class LocalTokenRequired extends SallyportError {
  constructor() {
    super(
      'SP_CLI_LOCAL_TOKEN_REQUIRED',
      'unauthenticated',
      'the Sallyport on this machine runs with SALLYPORT_LOCAL_TOKEN=required: give --token or SALLYPORT_TOKEN',
    )
  }
}

/** A value on the command line is not one the command takes. */
export class UsageError extends SallyportError {
  constructor(message: string) {
    super('SP_CLI_USAGE', 'invalid', message)
  }
}

/** A failure as the problem object that `--json` prints. */
export function asProblem(reason: unknown): Problem {
  if (reason instanceof ApiProblem) return reason.problem
  const code = reason instanceof SallyportError ? reason.code : 'SP_INTERNAL'
  const detail = reason instanceof Error ? reason.message : String(reason)
  return { type: 'about:blank', title: 'The command failed', status: 0, detail, code }
}

export function exitCodeOf(reason: unknown): number {
  if (reason instanceof Unreachable || reason instanceof NotRunning || reason instanceof NotTheApi)
    return EXIT.unreachable
  if (reason instanceof NoToken || reason instanceof LocalTokenRequired) return EXIT.notAllowed
  if (reason instanceof UsageError) return EXIT.usage
  if (!(reason instanceof ApiProblem)) return EXIT.failed
  const { status } = reason.problem
  if (status === 400 || status === 422) return EXIT.usage
  if (status === 401 || status === 403) return EXIT.notAllowed
  if (status === 404) return EXIT.notFound
  if (status === 409 || status === 410) return EXIT.conflict
  return EXIT.failed
}
