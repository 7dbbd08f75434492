import { randomBytes } from 'node:crypto'
import type { ControlState, Person, SubmitControl } from '@sallyport/control'
import { type ApiPlugin, beginningCookie, cookiesNamed, NotFound } from '@sallyport/http-api'
import { deriveKey, isLoopback, newId, newToken, tokenHash } from '@sallyport/runtime'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { admitPerson } from '../../sign-in/admit-person.ts'
import type { SignInConfig } from '../../sign-in/config.ts'
import { SignInElsewhere, SignInFailed } from '../../sign-in/errors.ts'
import type { Provider } from '../../sign-in/provider.ts'
import { openAttempt, sealAttempt } from '../../sign-in/sealed-attempt.ts'

export interface SigningIn {
  readonly config: SignInConfig
  readonly state: () => ControlState
  readonly submit: SubmitControl
  readonly secret: Uint8Array
  readonly clock: () => Date
}

/** The provider answers a browser within this time, or it begins again. */
const ATTEMPT_MS = 10 * 60_000
const HOUR_MS = 3_600_000
const COOKIE = 'sallyport_sign_in'
const SignInQuery = Type.Object({
  to: Type.Optional(Type.String({ maxLength: 2048 })),
  prompt: Type.Optional(Type.Literal('login')),
})

/** People come here, and not scripts. */
const FOR_BROWSERS = {
  public: true,
  faultPage: [
    { text: 'Begin again', path: '/sign-in?to=/console/' },
    { text: 'Sign in as somebody else', path: '/sign-in?to=/console/&prompt=login' },
    { text: 'Sign in with a token', path: '/console/sign-in' },
  ],
}
const BY = { actor: { type: 'system', name: 'sign-in' }, idempotencyKey: null } as const

/** The way of a browser to the OpenID provider and back. Nothing of it is kept here: any process takes it up. */
export function signInRoutes(signingIn: SigningIn): ApiPlugin {
  const { config, state, submit, secret, clock } = signingIn
  const { issuer } = config
  const key = deriveKey(secret, 'sign_in')
  const provider = issuer === null ? undefined : providerOf(config, issuer)
  return async (server) => {
    server.get('/sign-in/ways', { config: { public: true }, schema: { hide: true } }, async () => ({
      openid: provider !== undefined,
    }))
    server.get(
      '/sign-in',
      {
        config: FOR_BROWSERS,
        schema: {
          hide: true,
          querystring: SignInQuery,
        },
      },
      async (request, reply) => {
        if (provider === undefined) throw new NotFound('nobody signs in here through a provider')
        const { url, ...begun } = await (await provider).begin(
          `${originFor(request, config)}/sign-in/callback`,
          request.query.prompt,
        )
        const until = clock().getTime() + ATTEMPT_MS
        const sealed = sealAttempt(key, { ...begun, to: ownPath(request.query.to), until })
        reply.header('set-cookie', attemptCookie(request, config, sealed, ATTEMPT_MS / 1000))
        return reply.redirect(url, 302)
      },
    )
    server.get(
      '/sign-in/callback',
      { config: FOR_BROWSERS, schema: { hide: true } },
      async (request, reply) => {
        if (provider === undefined) throw new NotFound('nobody signs in here through a provider')
        const attempt = cookiesNamed(request.headers, COOKIE)
          .map((sealed) => openAttempt(key, sealed, clock().getTime()))
          .find((one) => one !== undefined && one.state === (request.query as { state?: unknown }).state)
        if (attempt === undefined) throw new SignInFailed('not_begun')
        const signedIn = await (await provider).finish(
          new URL(request.url, originFor(request, config)),
          attempt,
        )
        const person = await admitPerson({ state, submit, config }, signedIn)
        const token = await beginSession(person)
        reply.header('set-cookie', [
          beginningCookie(request.headers, token, config.hours * HOUR_MS),
          attemptCookie(request, config, '', 0),
        ])
        return reply.redirect(attempt.to, 302)
      },
    )
  }

  async function beginSession({ id, name: person }: Person): Promise<string> {
    const token = newToken('sp_ses_')
    const name = `person:${person}:${randomBytes(4).toString('hex')}`
    const expiresAt = new Date(clock().getTime() + config.hours * HOUR_MS).toISOString()
    const holder = { type: 'person', id } as const
    const data = { ...BY, id: newId(), name, scope: null, tokenHash: tokenHash(token), holder, expiresAt }
    const outcome = await submit('sallyport.token.issued.v2', name, data)
    if (!outcome.accepted) throw new SignInFailed('not_kept')
    return token
  }
}

/** The client is loaded where somebody signs in through it. */
async function providerOf(config: SignInConfig, issuer: string): Promise<Provider> {
  const { openIdProvider } = await import('../../sign-in/provider.ts')
  return openIdProvider(config, issuer)
}

/** The origin that browsers see. Without one it is that of this machine, and never what somebody elsewhere names. */
function originFor({ headers }: FastifyRequest, { url }: SignInConfig): string {
  if (url !== null) return url
  const { host = '' } = headers
  if (isLoopback(host.toLowerCase().replace(/:\d{1,5}$/, ''))) return `http://${host}`
  throw new SignInElsewhere()
}

/** A path of this server; whatever could be read as another address is its first page. */
function ownPath(to = '/'): string {
  const base = 'https://here.invalid'
  if (!to.startsWith('/') || !URL.canParse(to, base)) return '/'
  const { origin, pathname, search, hash } = new URL(to, base)
  return origin === base && !pathname.startsWith('//') ? pathname + search + hash : '/'
}

/** Lax: the browser comes back from another site. */
function attemptCookie(
  request: FastifyRequest,
  config: SignInConfig,
  sealed: string,
  maxAge: number,
): string {
  const secure = originFor(request, config).startsWith('https:') ? '; Secure' : ''
  return `${COOKIE}=${sealed}; Path=/sign-in; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure}`
}
