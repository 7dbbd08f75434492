/** The export of a realm with Sallyport as its client, which must use PKCE, and three people. `callback`: where they come back. */
export function realmFor(callback: string) {
  return {
    realm: 'sallyport',
    enabled: true,
    sslRequired: 'none',
    groups: [{ name: 'finance' }, { name: 'strangers' }],
    roles: { realm: [{ name: 'answers-holds' }] },
    users: [
      personOf('dana', ['/finance'], ['answers-holds']),
      personOf('lee', [], ['answers-holds']),
      personOf('sam', ['/strangers'], []),
    ],
    clients: [
      {
        clientId: 'sallyport',
        secret: CLIENT_SECRET,
        redirectUris: [callback],
        standardFlowEnabled: true,
        directAccessGrantsEnabled: false,
        attributes: { 'pkce.code.challenge.method': 'S256' },
        protocolMappers: [
          mapperOf('groups', 'oidc-group-membership-mapper', { 'full.path': 'false' }),
          mapperOf('roles', 'oidc-usermodel-realm-role-mapper', { multivalued: 'true' }),
        ],
      },
    ],
  }
}

export const CLIENT_SECRET = 'made-up-secret-of-the-client'
export const PASSPHRASE = 'made up for a test'

function personOf(username: string, groups: readonly string[], realmRoles: readonly string[]) {
  const credentials = [{ type: 'password', value: PASSPHRASE, temporary: false }]
  const named = { firstName: username, lastName: 'Example', email: `${username}@example.com` }
  return { username, enabled: true, emailVerified: true, ...named, groups, realmRoles, credentials }
}

function mapperOf(claim: string, protocolMapper: string, config: Readonly<Record<string, string>>) {
  const into = { 'claim.name': claim, 'id.token.claim': 'true' }
  return { name: claim, protocol: 'openid-connect', protocolMapper, config: { ...config, ...into } }
}
