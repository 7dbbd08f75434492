import { type RunningControlView, startControlView } from '@sallyport/control'
import { createPublisher, type EventLog, memoryEventLog, type Publisher } from '@sallyport/event-log'
import { newEvent } from '@sallyport/events'
import { type ApiServer, createApiServer } from '@sallyport/http-api'
import {
  DEVELOPMENT,
  type Environment,
  newId,
  type Perimeter,
  readConfig,
  silentLogger,
  tokenHash,
} from '@sallyport/runtime'
import { expect, onTestFinished } from 'vitest'
import { createDecisionService, type DecisionService } from '../service.ts'
import { signInSpec } from '../sign-in/config.ts'

export type Scope = 'admin' | 'approver' | 'analyst' | 'bot'

const SCOPES: readonly Scope[] = ['admin', 'approver', 'analyst', 'bot']
export const SECRET = Buffer.alloc(32, 's')
export const clock = () => new Date('2026-11-21T12:00:00.000Z')

/** Made up; the API knows it once `issueTokens` has run. */
export const tokenOf = (scope: Scope) => `${scope}-${'x'.repeat(40)}`

/** A decision instance with its API, as one process would have it. */
export interface Instance {
  readonly service: DecisionService
  readonly control: RunningControlView
  readonly publisher: Publisher
  readonly api: ApiServer
}

/** A log on which every scope has a token. */
export async function logWithTokens(): Promise<EventLog> {
  const log = memoryEventLog()
  const publisher = createPublisher({ log, producer: 'test/1' })
  for (const scope of SCOPES) {
    const data = {
      actor: { type: 'system' as const, name: 'test' },
      idempotencyKey: null,
      id: newId(),
      name: `the-${scope}`,
      scope,
      tokenHash: tokenHash(tokenOf(scope)),
      holder: null,
    }
    const draft = { source: '/decision', subject: scope, tenant: 'default', key: 'default', data }
    await publisher.publish(newEvent({ type: 'sallyport.token.issued.v2', ...draft }, clock()))
  }
  return log
}

export async function startInstance(
  log: EventLog,
  perimeter: Perimeter = DEVELOPMENT,
  environment: Environment = {},
): Promise<Instance> {
  const control = startControlView({ log })
  await control.caughtUp
  const publisher = createPublisher({ log, producer: `decision/${newId()}` })
  const service = createDecisionService({
    control,
    publisher,
    tenant: 'default',
    clock,
    secret: SECRET,
    perimeter,
    signIn: readConfig(signInSpec, environment).signIn,
  })
  const api = await createApiServer({
    title: 'Test',
    version: '1',
    control,
    plugins: [service.routes],
    health: service.health,
    clock,
    logger: silentLogger,
  })
  onTestFinished(async () => {
    await api.close()
    await control.stop()
  })
  return { service, control, publisher, api }
}

/** What tests look at in an answer; which of it is there hangs on the route. */
export interface Body {
  readonly id: string
  readonly name: string
  readonly token: string
  readonly items: readonly Body[]
  readonly next: string | null
  readonly gateway?: string
  readonly origin?: string
  readonly detail?: string
  readonly code?: string
  readonly reasons?: readonly string[]
  readonly permissions?: readonly object[]
  readonly lessSpecific?: readonly string[]
}

export interface Answer {
  readonly status: number
  readonly body: Body
}

/** One request with the token of a scope, or with that one. */
export async function ask(
  { api }: Instance,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  body?: object,
  {
    scope = 'admin',
    key,
    token,
  }: { readonly scope?: Scope | null; readonly key?: string; readonly token?: string } = {},
): Promise<Answer> {
  const response = await api.inject({
    method,
    url,
    headers: {
      ...(scope && { authorization: `Bearer ${token ?? tokenOf(scope)}` }),
      ...(key && { 'idempotency-key': key }),
    },
    ...(body && { payload: body }),
  })
  return { status: response.statusCode, body: (response.body === '' ? null : response.json()) as Body }
}

/** A gateway and an upstream that a question can name. */
export async function addGateway(
  instance: Instance,
  name = 'code-agent',
): Promise<{ id: string; token: string }> {
  const { status, body } = await ask(instance, 'POST', '/v1/gateways', { name })
  expect(status).toBe(201)
  return body
}

export async function addUpstream(instance: Instance, name = 'files'): Promise<void> {
  const target = { kind: 'http', url: 'http://127.0.0.1:3001/mcp' }
  const body = { connector: 'mcp', name, target, credential: null }
  expect((await ask(instance, 'POST', '/v1/upstreams', body)).status).toBe(201)
}

/** What a proxy tells of the tools that an upstream lists. */
export async function observed(
  { control, publisher }: Instance,
  upstream: string,
  listed: readonly { readonly key: string; readonly fingerprint: string; readonly definition: string }[],
): Promise<void> {
  const data = {
    actor: { type: 'system' as const, name: 'proxy/test' },
    idempotencyKey: null,
    upstream,
    registeredAt: control.state().upstreams.get(upstream)?.createdAt ?? '',
    kind: 'tool' as const,
    listed: listed.map((one) => ({ ...one, entire: true })),
    missing: [],
    whole: true,
  }
  const draft = { source: '/proxy', subject: upstream, tenant: 'default', key: 'default', data }
  const type = 'sallyport.catalog.observed.v1'
  await control.settled(await publisher.publish(newEvent({ type, ...draft }, clock())))
}
