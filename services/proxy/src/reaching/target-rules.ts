import type { Upstream } from '@sallyport/control'
import {
  CredentialInsecure,
  isPlainElsewhere,
  type Perimeter,
  refuseShortcuts,
  refuseUnlisted,
  type SallyportError,
  ShortcutRefused,
} from '@sallyport/runtime'

interface Rules {
  /** Why nothing may be sent there. */
  readonly fault: SallyportError | null
  /** Why no credential may be sent there. */
  readonly credentialFault: SallyportError | null
}

const NONE: Rules = { fault: null, credentialFault: null }

/** Where upstreams may be, and where a credential may go. What was registered elsewhere, or earlier, is judged here too. */
export class TargetRules {
  readonly #perimeter: Perimeter
  /** The registration of an upstream does not change. */
  readonly #known = new WeakMap<Upstream, Rules>()

  constructor(perimeter: Perimeter) {
    this.#perimeter = perimeter
  }

  of(upstream: Upstream): Rules {
    const known = this.#known.get(upstream)
    if (known !== undefined) return known
    const rules = this.#judge(upstream)
    this.#known.set(upstream, rules)
    return rules
  }

  #judge({ target, credential, insecure = false }: Upstream): Rules {
    if (target.kind !== 'http') return NONE
    try {
      refuseShortcuts(this.#perimeter, target.url, insecure)
      // The secret of a client goes there.
      if (credential && 'tokenUrl' in credential)
        refuseUnlisted(this.#perimeter, new URL(credential.tokenUrl).hostname)
    } catch (fault) {
      if (fault instanceof ShortcutRefused) return { fault, credentialFault: fault }
      throw fault
    }
    if (insecure || !isPlainElsewhere(target.url)) return NONE
    return { fault: null, credentialFault: new CredentialInsecure(target.url) }
  }
}
