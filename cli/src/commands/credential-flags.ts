import type { Command } from 'commander'
import { UsageError } from '../errors.ts'

/** Where the proxy finds what it presents to a server, as the flags of a command say it. */
export interface CredentialFlags {
  readonly tokenEnv?: string
  readonly tokenFile?: string
  readonly auth?: string
  readonly passHeader?: readonly string[]
  readonly oauthTokenUrl?: string
  readonly oauthClientId?: string
  readonly oauthClientAuth?: string
  readonly oauthSecretEnv?: string
  readonly oauthSecretFile?: string
  readonly oauthScope?: string
  readonly oauthResource?: string
  readonly oauthRefreshFile?: string
}

/** As the API has it. */
export interface CredentialView {
  readonly kind: string
  readonly variable?: string
  readonly file?: string
  readonly tokenUrl?: string
  readonly headers?: readonly string[]
}

export function credentialFlags(command: Command): Command {
  return command
    .option('--token-env <variable>', "the proxy's environment variable with the server's credential")
    .option('--token-file <file>', "a file in the proxy's SALLYPORT_CREDENTIALS_DIR with the credential")
    .option('--auth <way>', "passthrough: the agent's own authorization at the server passes")
    .option(
      '--pass-header <name...>',
      "with --auth passthrough: a header of the agent's that passes to the server as it came",
    )
    .option('--oauth-token-url <url>', 'the token endpoint that gives the credential')
    .option('--oauth-client-id <id>', 'the client that asks there')
    .option(
      '--oauth-client-auth <method>',
      'client_secret_basic, client_secret_post or private_key_jwt (default: client_secret_basic)',
    )
    .option('--oauth-secret-env <variable>', "the proxy's variable with the client's secret or private key")
    .option('--oauth-secret-file <file>', 'the file of credentials with it')
    .option('--oauth-scope <scope>', 'scopes to ask for, separated by blanks')
    .option('--oauth-resource <uri>', 'the resource that the credential is for (RFC 8707)')
    .option(
      '--oauth-refresh-file <file>',
      'the file of credentials with a refresh token, instead of the client credentials grant',
    )
}

/** The credential as the API takes it; null for a server that wants none. Throws UsageError. */
export function credentialOf(flags: CredentialFlags): object | null {
  const { tokenEnv, tokenFile, auth, oauthTokenUrl } = flags
  const ways = [tokenEnv, tokenFile, auth, oauthTokenUrl].filter((way) => way !== undefined)
  if (ways.length > 1)
    throw new UsageError('--token-env, --token-file, --auth and --oauth-token-url exclude each other')
  if (flags.passHeader !== undefined && auth !== 'passthrough')
    throw new UsageError('--pass-header needs --auth passthrough')
  if (oauthTokenUrl !== undefined) return issuedCredential(oauthTokenUrl, flags)
  if (Object.keys(flags).some((flag) => flag.startsWith('oauth')))
    throw new UsageError('the --oauth flags need --oauth-token-url')
  if (tokenEnv !== undefined) return { kind: 'env', variable: tokenEnv }
  if (tokenFile !== undefined) return { kind: 'file', file: tokenFile }
  if (auth === undefined) return null
  if (auth !== 'passthrough') throw new UsageError('--auth takes passthrough')
  return { kind: 'passthrough', ...(flags.passHeader ? { headers: flags.passHeader } : {}) }
}

function issuedCredential(tokenUrl: string, flags: CredentialFlags): object {
  const { oauthClientId, oauthSecretEnv, oauthSecretFile, oauthRefreshFile } = flags
  if (oauthClientId === undefined) throw new UsageError('--oauth-token-url needs --oauth-client-id')
  if (oauthSecretEnv !== undefined && oauthSecretFile !== undefined)
    throw new UsageError('--oauth-secret-env and --oauth-secret-file exclude each other')
  const secret =
    oauthSecretEnv !== undefined
      ? { kind: 'env', variable: oauthSecretEnv }
      : oauthSecretFile !== undefined
        ? { kind: 'file', file: oauthSecretFile }
        : null
  const request = {
    tokenUrl,
    clientId: oauthClientId,
    clientAuthentication: secret === null ? 'none' : (flags.oauthClientAuth ?? 'client_secret_basic'),
    secret,
    scope: flags.oauthScope ?? null,
    resource: flags.oauthResource ?? null,
  }
  return oauthRefreshFile === undefined
    ? { kind: 'client_credentials', ...request }
    : { kind: 'refresh_token', ...request, file: oauthRefreshFile }
}

/** One line of a table: the kind, and where from. */
export function credentialText(credential: CredentialView | null): string {
  if (credential === null) return ''
  const { kind, variable, file, tokenUrl, headers } = credential
  return [kind, variable ?? tokenUrl ?? file ?? headers?.join(',')].filter(Boolean).join(' ')
}
