import { Type } from 'typebox'
import { closed, nullable } from './parts.ts'

/** Where credentials are found. None is ever in an event: what is said here is a place, and how to use what is there. */
const Variable = Type.Object(
  {
    kind: Type.Literal('env'),
    variable: Type.String({
      pattern: '^[A-Z_][A-Z0-9_]{0,127}$',
      description: "the proxy's variable with the credential",
    }),
  },
  closed,
)

const File = Type.String({
  pattern: '^(?=.{1,256}$)[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$',
  description: "a file in the proxy's folder of credentials",
})
const MountedFile = Type.Object({ kind: Type.Literal('file'), file: File }, closed)

/** Where a secret is that another credential is made with. */
export const SecretReference = Type.Union([Variable, MountedFile])

const Url = Type.String({ minLength: 1, maxLength: 2048 })
const tokenRequest = {
  tokenUrl: Url,
  clientId: Type.String({ minLength: 1, maxLength: 512, pattern: '^[\\x20-\\x7e]+$' }),
  /** RFC 6749, 2.3.1, and RFC 7523, 2.2; `none` for a client without a secret. */
  clientAuthentication: Type.Union([
    Type.Literal('client_secret_basic'),
    Type.Literal('client_secret_post'),
    Type.Literal('private_key_jwt'),
    Type.Literal('none'),
  ]),
  /** The client's secret, or its private key (PEM, PKCS #8). */
  secret: nullable(SecretReference),
  scope: nullable(
    Type.String({ minLength: 1, maxLength: 1024, pattern: '^[\\x21\\x23-\\x5b\\x5d-\\x7e ]+$' }),
  ),
  /** RFC 8707. */
  resource: nullable(Url),
}

const ClientCredentials = Type.Object({ kind: Type.Literal('client_credentials'), ...tokenRequest }, closed)
/** The file holds the refresh token, and takes the next one where the server gives a new one each time. */
const RefreshToken = Type.Object({ kind: Type.Literal('refresh_token'), ...tokenRequest, file: File }, closed)
/**
 * The agent's own authorization passes to the upstream, and the header fields that are named. The agent names itself to
 * Sallyport in another header.
 */
const Passthrough = Type.Object(
  {
    kind: Type.Literal('passthrough'),
    headers: Type.Optional(
      Type.Array(Type.String({ pattern: "^[a-z0-9!#$%&'*+.^_`|~-]{1,128}$" }), {
        maxItems: 16,
        uniqueItems: true,
        description:
          "header fields of the agent's that pass as they came, in lower case; with authorization also one that is not a bearer token",
      }),
    ),
  },
  closed,
)

/** Where the proxy finds what it presents to the upstream. */
export const CredentialReference = Type.Union([
  Variable,
  MountedFile,
  ClientCredentials,
  RefreshToken,
  Passthrough,
])
