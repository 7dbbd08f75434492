import { type Variable, variables } from '@sallyport/runtime'
import { isProtected } from '../../reaching/ask-json.ts'

const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]

/** Access tokens that the proxy takes beside gateway tokens. */
export const authorizationSpec = {
  url: variables.optionalOrigin(
    'SALLYPORT_PROXY_URL',
    'Where agents reach the proxy, as they write it; with /mcp/NAME it is the resource that access tokens are for. Needed with issuers',
  ),
  issuers: issuers(
    'SALLYPORT_PROXY_ISSUERS',
    "Issuers whose JWT access tokens are taken, comma-separated; after a blank the address of an issuer's keys, where its metadata is not to be asked",
  ),
  audiences: variables.list(
    'SALLYPORT_PROXY_AUDIENCES',
    'Audiences that access tokens may have, beside the address of the proxy with /mcp/NAME',
    { fallback: '' },
  ),
  scopes: variables.list('SALLYPORT_PROXY_SCOPES', 'Scopes that every access token needs', { fallback: '' }),
  algorithms: algorithms(
    'SALLYPORT_PROXY_ALGORITHMS',
    'Signature algorithms of access tokens that are taken',
    {
      fallback: 'RS256,PS256,ES256,EdDSA',
    },
  ),
  gatewayClaims: variables.list(
    'SALLYPORT_PROXY_GATEWAY_CLAIMS',
    'The claims of an access token that name the gateway; the first that is there counts',
    { fallback: 'client_id,sub' },
  ),
} as const

interface Issuer {
  readonly issuer: string
  readonly keysUrl: string | null
}

function issuers(name: string, describe: string): Variable<readonly Issuer[]> {
  const { parse, ...variable } = variables.list(name, describe, { fallback: '' })
  return { ...variable, parse: (text) => Object.freeze(parse(text).map(issuer)) }
}

/** An issuer is compared as it is written: whether it ends in a slash matters (RFC 8414, section 3.3). */
function issuer(text: string): Issuer {
  const [issuer = '', keysUrl = null, ...more] = text.split(/ +/)
  const plain = URL.canParse(issuer) && new URL(issuer).search === '' && new URL(issuer).hash === ''
  if (!plain || !isProtected(issuer) || more.length > 0 || (keysUrl !== null && !isProtected(keysUrl)))
    throw new Error(
      'must be https addresses without a query, each alone or with the https address of its keys',
    )
  return { issuer, keysUrl }
}

function algorithms(
  name: string,
  describe: string,
  options: { readonly fallback: string },
): Variable<readonly string[]> {
  const { parse, ...variable } = variables.list(name, describe, options)
  return {
    ...variable,
    parse(text) {
      const listed = parse(text)
      if (listed.length === 0 || !listed.every((algorithm) => ALGORITHMS.includes(algorithm)))
        throw new Error(`must be some of ${ALGORITHMS.join(', ')}`)
      return listed
    },
  }
}
