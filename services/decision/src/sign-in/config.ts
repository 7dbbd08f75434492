import {
  type ConfigOf,
  type ConfigSpec,
  isPlainElsewhere,
  type Variable,
  variables,
} from '@sallyport/runtime'
import { checkIssuer } from '../domain/usable-issuer.ts'
import { type RoleMapping, readRoleMapping } from './claims.ts'

const issuer: Variable<string | null> = {
  name: 'SALLYPORT_SIGN_IN_ISSUER',
  describe:
    'The OpenID provider through which people sign in, as its ID tokens write it; none: nobody signs in so',
  fallback: '',
  parse(text) {
    if (text === '') return null
    checkIssuer(text)
    return text
  },
}

const roles: Variable<RoleMapping> = {
  name: 'SALLYPORT_SIGN_IN_ROLES',
  describe:
    'Which roles a sign-in gives: VALUE=ROLE, comma-separated, for values of the claims of groups and roles; then groups come from there too. None: an owner gives both',
  fallback: '',
  parse: readRoleMapping,
}

/** Sign-in of people through an OpenID provider: Authorization Code with PKCE. */
export const signInSpec = {
  signIn: {
    issuer,
    clientId: variables.text('SALLYPORT_SIGN_IN_CLIENT_ID', 'What the OpenID provider knows Sallyport by', {
      fallback: 'sallyport',
    }),
    clientSecret: variables.optionalText(
      'SALLYPORT_SIGN_IN_CLIENT_SECRET',
      'The secret of that client; none: it is a public client',
      { secret: true },
    ),
    url: {
      ...variables.optionalOrigin(
        'SALLYPORT_SIGN_IN_URL',
        'Where browsers reach the API, such as https://sallyport.example.com; the provider sends them back to its /sign-in/callback. None: this machine alone',
      ),
      parse: publicUrl,
    },
    scopes: variables.list('SALLYPORT_SIGN_IN_SCOPES', 'What is asked of the provider', {
      fallback: 'openid,profile,email',
    }),
    groupsClaim: variables.text(
      'SALLYPORT_SIGN_IN_GROUPS_CLAIM',
      'The claim of the ID token with the groups',
      {
        fallback: 'groups',
      },
    ),
    rolesClaim: variables.text('SALLYPORT_SIGN_IN_ROLES_CLAIM', 'The claim of the ID token with the roles', {
      fallback: 'roles',
    }),
    roles,
    hours: variables.integer('SALLYPORT_SESSION_HOURS', 'How long a session lasts, in hours', {
      fallback: '12',
      min: 1,
      max: 168,
    }),
  },
} as const satisfies ConfigSpec

export type SignInConfig = ConfigOf<typeof signInSpec>['signIn']

function publicUrl(text: string): string | null {
  const url = variables.optionalOrigin('', '').parse(text)
  if (url !== null && isPlainElsewhere(url)) throw new Error('must be https, or http on this machine')
  return url
}
