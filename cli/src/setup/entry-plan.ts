import { distinctName, sallyportName } from './names.ts'
import type { Operation } from './operation.ts'
import type { Scope } from './tools.ts'

/** A server that the proxy is to reach under `name`. */
export interface Upstream {
  readonly name: string
  readonly url: string
  readonly tokenEnv: string | null
  /** Whether what the tool presents to the server passes through. Then the gateway's token is in another header. */
  readonly passes: boolean
  /** The tool's own header fields that pass, in lower case; `authorization` where that is not a bearer token. */
  readonly headers: readonly string[]
}

export interface RewriteOptions {
  /** The command that starts Sallyport, e.g. `['sallyport']`; the first is the command. */
  readonly launcher: readonly string[]
  readonly gateway?: string
  /** The data folder that a started Sallyport is to use, where it would not find it by itself. */
  readonly data?: string
  /** The proxy's address without a path. */
  readonly proxy: string
  readonly scope: Scope
  /** The tool's variable with the gateway's token. */
  readonly tokenVariable: string
  /** The token itself. It is only ever written into a user's own file, and where it is not known the variable is. */
  readonly gatewayToken?: string
  /** Whether the variable is wanted also where the token is known. */
  readonly prefersVariable?: boolean
  /** The upstreams that are registered already. */
  readonly upstreams: readonly Upstream[]
}

/** The result for one server. `left`: it does not pass through Sallyport, and why. */
export type Outcome =
  | { readonly kind: 'rewritten'; readonly transport: 'stdio' | 'http'; readonly as: string }
  | { readonly kind: 'already'; readonly as: string }
  /** `register`: it would pass if an upstream to its address were registered. */
  | { readonly kind: 'left'; readonly why: string; readonly register: boolean }

export interface EntryPlan {
  readonly outcome: Outcome
  readonly operations: readonly Operation[]
  /** The definition behind the name: another entry with the same name and definition shares it. */
  readonly definition?: string
  /** To be registered before the tool is started. */
  readonly upstream?: Upstream
  /** The server's own command, where it is one. It may have secrets in it. */
  readonly command?: readonly string[]
  /** Notes for the person: facts to know or things to do. */
  readonly notes: readonly string[]
}

/** Another definition under the same name gets a digest of `telling`, which must hold no secret. */
export function freeName(
  entry: string,
  definition: string,
  telling: string,
  taken: ReadonlyMap<string, string>,
): string {
  const name = sallyportName(entry)
  const holder = taken.get(name)
  return holder === undefined || holder === definition ? name : distinctName(name, telling)
}

export function already(as: string, definition: string, command?: readonly string[]): EntryPlan {
  const outcome = { kind: 'already', as } as const
  return { outcome, operations: [], definition, notes: [], ...(command ? { command } : {}) }
}

export function left(why: string, register = false): EntryPlan {
  return { outcome: { kind: 'left', why, register }, operations: [], notes: [] }
}
