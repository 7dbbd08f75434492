import { IssuerUnusable } from './faults.ts'
import { isProtected } from './protected-address.ts'

/** Throws IssuerUnusable where no proxy could trust an issuer that writes itself so. */
export function checkIssuer(issuer: string): void {
  if (!URL.canParse(issuer)) throw new IssuerUnusable('is not an address')
  const { username, password, search, hash } = new URL(issuer)
  if (!isProtected(issuer)) throw new IssuerUnusable('is not https')
  if (username !== '' || password !== '' || search !== '' || hash !== '')
    throw new IssuerUnusable('has a credential, a query or a fragment')
}
