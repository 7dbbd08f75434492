import type { Upstream } from '@sallyport/control'
import type { Environment } from '@sallyport/runtime'

const USABLE = /^[\x21-\x7e]+$/
/** The installation's secret and other variables of ours are here too: whoever registers an upstream must not get them sent. */
const OURS = 'SALLYPORT_'

/** What to present to the upstream: a header value, null where it wants none, or why there is none to present. */
export type Credential = { readonly header: string | null } | { readonly missing: string }

/** Reads the credential where the connector says it is. The reason names the variable, never its value. */
export function credentialOf(upstream: Upstream, environment: Environment): Credential {
  const { credential } = upstream
  if (credential === null) return { header: null }
  if (credential.kind !== 'env')
    return { missing: `credentials of the kind ${credential.kind} cannot be had` }
  const { variable } = credential
  if (variable.toUpperCase().startsWith(OURS))
    return {
      missing: `the variable ${variable} is Sallyport's own and no credential of upstream ${upstream.name}`,
    }
  const value = environment[variable]
  if (!value) {
    return {
      missing: `the variable ${variable}, which holds the credential of upstream ${upstream.name}, is not set`,
    }
  }
  if (!USABLE.test(value)) {
    return {
      missing: `the variable ${variable} does not hold a credential that a header can carry`,
    }
  }
  return { header: `Bearer ${value}` }
}
