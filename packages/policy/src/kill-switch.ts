import { SallyportError } from '@sallyport/runtime'
import { nearest } from './connectors/nearest.ts'

/** What a scope other than `global` is about. */
export type StoppedThing = 'gateway' | 'upstream' | 'connector'
export type KillSwitchScope = 'global' | `${StoppedThing}:${string}`

/** The scopes that are switched off. A Set of scopes fits, and so does a Map from scope to its actor. */
export interface KillSwitchState {
  readonly size: number
  has(scope: KillSwitchScope): boolean
}

/** A kill switch scope is not one of `global`, `gateway:NAME`, `upstream:NAME` and `connector:KIND`. */
export class KillSwitchScopeInvalid extends SallyportError {
  constructor(meant?: string) {
    const guess = meant === undefined ? '' : `; did you mean ${meant}?`
    super(
      'SP_KILL_SWITCH_SCOPE_INVALID',
      'invalid',
      `the scope must be global, gateway:NAME, upstream:NAME or connector:KIND${guess}`,
    )
  }
}

const SCOPE = /^(?:global|(gateway|upstream|connector):([A-Za-z0-9][A-Za-z0-9_.-]{0,127}))$/

/** Reads a scope as a person writes it. Throws KillSwitchScopeInvalid, with the nearest of the scopes that there are. */
export function killSwitchScope(text: string, there: Iterable<KillSwitchScope> = []): KillSwitchScope {
  if (!isKillSwitchScope(text)) throw new KillSwitchScopeInvalid(meantBy(text, ['global', ...there]))
  return text
}

/** `gatway:a` and `gateway/a` mean `gateway:a`, and so does `a` by itself. */
function meantBy(text: string, there: readonly KillSwitchScope[]): string | undefined {
  return nearest(text, there) ?? there.find((scope) => stoppedBy(scope)?.name === text)
}

/** What a scope names; null for `global`. */
export function stoppedBy(
  scope: KillSwitchScope,
): { readonly thing: StoppedThing; readonly name: string } | null {
  const [, thing, name] = SCOPE.exec(scope) ?? []
  return thing === undefined || name === undefined ? null : { thing: thing as StoppedThing, name }
}

function isKillSwitchScope(text: string): text is KillSwitchScope {
  return SCOPE.test(text)
}

/** The widest scope that stops this request, or null. A gateway and an upstream are stopped by name, whoever has it. */
export function killSwitchBlocks(
  state: KillSwitchState,
  target: { readonly gateway: string; readonly connector: string; readonly upstream: string },
): KillSwitchScope | null {
  if (state.size === 0) return null
  const scopes: readonly KillSwitchScope[] = [
    'global',
    `gateway:${target.gateway}`,
    `connector:${target.connector}`,
    `upstream:${target.upstream}`,
  ]
  return scopes.find((scope) => state.has(scope)) ?? null
}
