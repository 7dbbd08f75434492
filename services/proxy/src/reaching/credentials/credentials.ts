import type { CredentialReference, IssuedCredential, Upstream } from '@sallyport/control'
import { type Environment, type Logger, SallyportError } from '@sallyport/runtime'
import type { Action } from '../../domain/action.ts'
import { CredentialMissing } from '../../domain/faults.ts'
import type { TargetRules } from '../target-rules.ts'
import { IssuedTokens } from './issued-tokens.ts'
import { SecretFiles } from './secret-files.ts'
import { Secrets } from './secrets.ts'

const USABLE = /^[\x21-\x7e]+$/

/**
 * The credential for the upstream: a header value, null when the upstream wants none, or the fault that explains why
 * there is none. Where nothing may be sent to the upstream at all, that is the fault.
 */
export type Credential = { readonly header: string | null } | { readonly fault: SallyportError }

export interface CredentialsOptions {
  readonly environment: Environment
  /** The folder that secrets are mounted into. */
  readonly folder: string | null
  readonly logger: Logger
  readonly targets: TargetRules
  /** Monotonic milliseconds. */
  readonly now?: () => number
}

/** The credentials that the proxy presents to upstreams, each to its own and to none else. */
export class Credentials {
  readonly #secrets: Secrets
  readonly #issued: IssuedTokens
  readonly #targets: TargetRules

  constructor(options: CredentialsOptions) {
    const { environment, folder, logger, targets, now = () => performance.now() } = options
    this.#targets = targets
    this.#secrets = new Secrets(environment, new SecretFiles(folder))
    this.#issued = new IssuedTokens({ secrets: this.#secrets, logger, now })
  }

  /** At once wherever nothing has to be read or asked for. Does not throw or reject. */
  find({
    upstream,
    agentAuthorization,
  }: Pick<Action, 'upstream' | 'agentAuthorization'>): Credential | Promise<Credential> {
    const { credential } = upstream
    const { fault, credentialFault } = this.#targets.of(upstream)
    if (fault !== null) return { fault }
    if (credential === null) return NONE
    const passes = credential.kind === 'passthrough'
    if (passes && !showsAnything(agentAuthorization)) return NONE
    if (credentialFault !== null) return { fault: credentialFault }
    if (passes) return { header: agentAuthorization?.header ?? null }
    try {
      const token = this.#tokenOf(upstream, credential)
      return typeof token === 'string' ? bearer(token) : token.then(bearer, faultOf)
    } catch (reason) {
      return faultOf(reason)
    }
  }

  /**
   * Another header than the one that the upstream refused with a 401. A 401 means that nothing was carried out.
   * Undefined where none can be had, and for credentials that are what they are.
   */
  async renew({ upstream, refused }: Refusal): Promise<string | undefined> {
    const { credential } = upstream
    if (!canBeRenewed(credential) || !refused.startsWith(BEARER)) return undefined
    const token = await this.#issued.renew(upstream, credential, refused.slice(BEARER.length))
    return token === undefined ? undefined : BEARER + token
  }

  /** Forgets what was kept for upstreams that are not registered any more. */
  keepOnly(upstreams: Iterable<Upstream>): void {
    this.#issued.keepOnly(upstreams)
  }

  #tokenOf(upstream: Upstream, credential: Exclude<CredentialReference, { kind: 'passthrough' }>) {
    return canBeRenewed(credential) ? this.#issued.find(upstream, credential) : this.#secrets.find(credential)
  }
}

function showsAnything(agents: Action['agentAuthorization']): boolean {
  return agents !== null && (agents.header !== null || agents.headers.length > 0)
}

export interface Refusal {
  readonly upstream: Upstream
  /** The header value that was refused. */
  readonly refused: string
}

const NONE = { header: null } as const
const BEARER = 'Bearer '

export function canBeRenewed(credential: CredentialReference | null): credential is IssuedCredential {
  return credential?.kind === 'client_credentials' || credential?.kind === 'refresh_token'
}

function bearer(token: string): Credential {
  if (USABLE.test(token)) return { header: BEARER + token }
  return {
    fault: new CredentialMissing('the configured credential has characters that a header cannot carry'),
  }
}

function faultOf(reason: unknown): Credential {
  if (reason instanceof SallyportError) return { fault: reason }
  return { fault: new CredentialMissing('the credential could not be read', { cause: reason }) }
}
