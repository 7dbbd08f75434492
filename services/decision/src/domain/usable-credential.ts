import type { CredentialReference, Target } from '@sallyport/control'
import {
  CredentialInsecure,
  isPlainElsewhere,
  kindOfHeader,
  type Perimeter,
  refuseUnlisted,
} from '@sallyport/runtime'
import { CredentialReserved, CredentialUnusable } from './faults.ts'
import { isProtected } from './protected-address.ts'

/**
 * The credential as it is registered, with addresses in canonical form. Throws where no proxy could use it, and where it
 * would go to another host in plain text without `--insecure`.
 */
export function usableCredential(
  credential: CredentialReference | null,
  target: Target,
  insecure: boolean,
  perimeter: Perimeter,
): CredentialReference | null {
  if (credential === null) return null
  if (target.kind !== 'http')
    throw new CredentialUnusable('is for servers at an address; a command gets variables')
  // Agents may have none of their own to pass: it is looked at when one is sent.
  if (credential.kind !== 'passthrough' && !insecure && isPlainElsewhere(target.url))
    throw new CredentialInsecure(target.url, ', or --insecure')
  switch (credential.kind) {
    case 'env':
      checkVariable(credential.variable)
      return credential
    case 'file':
      return credential
    case 'passthrough':
      return credential.headers === undefined ? credential : withHeaders(credential.headers)
    case 'client_credentials':
    case 'refresh_token':
      checkClient(credential)
      return { ...credential, tokenUrl: usableTokenUrl(credential.tokenUrl, perimeter) }
  }
}

/** In lower case, each once: a header has one name, however it is written. */
function withHeaders(names: readonly string[]): CredentialReference {
  const headers = [...new Set(names.map((name) => name.toLowerCase()))]
  const refused = headers.filter((name) => kindOfHeader(name) !== 'own')
  if (refused.length > 0)
    throw new CredentialUnusable(`names headers that cannot pass: ${refused.join(', ')}`)
  return { kind: 'passthrough', headers }
}

type Issued = Extract<CredentialReference, { readonly tokenUrl: string }>

function checkClient({ kind, clientAuthentication, secret, resource }: Issued): void {
  if (secret?.kind === 'env') checkVariable(secret.variable)
  if ((clientAuthentication === 'none') !== (secret === null))
    throw new CredentialUnusable('needs a secret, or the client authentication none')
  if (kind === 'client_credentials' && secret === null)
    throw new CredentialUnusable('needs the secret of the client')
  // RFC 8707, section 2.
  if (resource !== null && (!URL.canParse(resource) || resource.includes('#')))
    throw new CredentialUnusable('names a resource that is not an absolute address without a fragment')
}

function checkVariable(variable: string): void {
  if (variable.toUpperCase().startsWith('SALLYPORT_')) throw new CredentialReserved()
}

/** The client's secret goes there. */
function usableTokenUrl(text: string, perimeter: Perimeter): string {
  if (!URL.canParse(text)) throw new CredentialUnusable('has a token endpoint that is not an address')
  const url = new URL(text)
  if (!isProtected(text)) throw new CredentialUnusable('has a token endpoint that is not https')
  if (url.username !== '' || url.password !== '' || url.hash !== '')
    throw new CredentialUnusable('has a token endpoint with a credential or a fragment in its address')
  refuseUnlisted(perimeter, url.hostname)
  return url.href
}
