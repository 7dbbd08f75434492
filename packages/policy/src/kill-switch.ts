import { SallyportError } from '@sallyport/runtime'

export type KillSwitchScope = 'global' | `gateway:${string}` | `connector:${string}`

/** The scopes that are switched off. A Set of scopes or a Map from scope to who did it both fit. */
export interface KillSwitchState {
  readonly size: number
  has(scope: KillSwitchScope): boolean
}

/** A kill switch scope that is none of `global`, `gateway:NAME` and `connector:NAME`. */
export class KillSwitchScopeInvalid extends SallyportError {
  constructor() {
    super(
      'SP_KILL_SWITCH_SCOPE_INVALID',
      'invalid',
      'the scope is none of global, gateway:NAME and connector:NAME',
    )
  }
}

const SCOPE = /^(?:global|(?:gateway|connector):[A-Za-z0-9][A-Za-z0-9_.-]{0,127})$/

/** Reads a scope as a person writes it. Throws KillSwitchScopeInvalid. */
export function killSwitchScope(text: string): KillSwitchScope {
  if (!isKillSwitchScope(text)) throw new KillSwitchScopeInvalid()
  return text
}

function isKillSwitchScope(text: string): text is KillSwitchScope {
  return SCOPE.test(text)
}

/** The widest scope that stops this request, or null. A connector scope names an upstream or a kind. */
export function killSwitchBlocks(
  state: KillSwitchState,
  target: { readonly gateway: string; readonly connectorKind: string; readonly upstream: string },
): KillSwitchScope | null {
  if (state.size === 0) return null
  if (state.has('global')) return 'global'
  if (state.has(`gateway:${target.gateway}`)) return `gateway:${target.gateway}`
  if (state.has(`connector:${target.connectorKind}`)) return `connector:${target.connectorKind}`
  if (state.has(`connector:${target.upstream}`)) return `connector:${target.upstream}`
  return null
}
