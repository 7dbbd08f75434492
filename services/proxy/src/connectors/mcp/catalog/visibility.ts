import { type Catalog, type ControlState, modeOf, type OfferedKind } from '@sallyport/control'
import {
  BUILTIN_PERMISSIONS,
  compilePolicy,
  type GatewayPolicy,
  type Policy,
  promptAction,
  resourceAction,
  toolAction,
} from '@sallyport/policy'
import type { McpCall } from '../message/call.ts'
import { carriesSecret } from '../message/offered-subject.ts'
import { catalogKey } from './offers.ts'

const compiled = new WeakMap<ControlState['permissions'], Policy>()

/**
 * Whether an agent may use what is listed, by the permissions in force here. Nothing is let through on it: each use is
 * decided by the decision service. It only keeps from the agent what could not be used.
 */
export class Visibility {
  readonly #call: McpCall
  readonly #catalog: Catalog | undefined
  readonly #policy: GatewayPolicy

  constructor(call: McpCall, { permissions }: ControlState, catalog: Catalog | undefined) {
    this.#call = call
    this.#catalog = catalog
    this.#policy = policyOf(permissions).forGateway(call.gateway.name)
  }

  /**
   * `shown`: as it is listed. `accepted`: it has changed and a person is asked about its use, so what the agent reads
   * of it is what was accepted, given here. `hidden`: its use is denied.
   */
  of(
    kind: OfferedKind,
    name: string,
  ): { readonly as: 'shown' | 'hidden' } | { readonly as: 'accepted'; readonly text: string } {
    if (!this.#mayUse(kind, name)) return HIDDEN
    const entry = this.#catalog?.offered[kind].get(catalogKey(kind, name))
    if (this.#catalog === undefined || entry === undefined) return SHOWN
    const mode = modeOf(this.#catalog, entry)
    if (mode === 'block') return HIDDEN
    const { accepted, offered } = entry
    if (
      mode === 'log' ||
      accepted === null ||
      offered === null ||
      accepted.fingerprint === offered.fingerprint
    )
      return SHOWN
    // A text of several of one name is a list of them.
    const whole = accepted.entire && accepted.text?.startsWith('{')
    return whole && accepted.text !== null ? { as: 'accepted', text: accepted.text } : HIDDEN
  }

  #mayUse(kind: OfferedKind, name: string): boolean {
    const { id: upstreamId, connector } = this.#call.upstream
    const action = actionOf(kind, name)
    return this.#policy.evaluate({ connector, upstreamId, action }).outcome !== 'deny'
  }
}

const SHOWN = { as: 'shown' } as const
const HIDDEN = { as: 'hidden' } as const

/** A template is judged like a resource of which it is the URI. */
function actionOf(kind: OfferedKind, name: string): string {
  switch (kind) {
    case 'tool':
      return toolAction(name)
    case 'prompt':
      return promptAction(name)
    case 'resource':
    case 'template':
      return resourceAction(name, 'read', carriesSecret(name))
  }
}

function policyOf(permissions: ControlState['permissions']): Policy {
  const known = compiled.get(permissions)
  if (known !== undefined) return known
  const explicit = [...permissions.values()].map((record) => ({ ...record, origin: 'explicit' as const }))
  const policy = compilePolicy(explicit, BUILTIN_PERMISSIONS)
  compiled.set(permissions, policy)
  return policy
}
