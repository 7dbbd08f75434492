import { type RunningControlView, startControlView, submitControl } from '@sallyport/control'
import { logFeed, memoryCheckpoints, memoryLeases } from '@sallyport/delivery'
import { derivedSecret } from '@sallyport/delivery/webhook'
import { createPublisher, type EventLog, memoryEventLog, type Publisher } from '@sallyport/event-log'
import { newEvent } from '@sallyport/events'
import { type ApiServer, createApiServer } from '@sallyport/http-api'
import { DEVELOPMENT, newId, readConfig, silentLogger, tokenHash } from '@sallyport/runtime'
import { deliveryConfigSpec } from '../config.ts'
import { createDeliveries, type Deliveries } from '../destinations/deliveries.ts'

const SECRET = Buffer.alloc(32, 's')
const TOKEN = `sp_api_${'x'.repeat(43)}`

/** Deliveries on a log in memory, with the API, and what a test does with them. */
export interface DeliveriesRig {
  readonly log: EventLog
  readonly publisher: Publisher
  readonly control: RunningControlView
  readonly deliveries: Deliveries
  readonly api: ApiServer
  /** Registers a webhook and gives its secret. */
  add(name: string, url: string, events?: readonly string[], secret?: Reference): Promise<string>
  remove(name: string): Promise<void>
  /** Events of the approvals topic, each of its own approval unless a key is given. */
  approvals(count: number, key?: string): Promise<string[]>
  ask<T>(method: 'GET' | 'POST', url: string, body?: object): Promise<T>
  stop(): Promise<void>
}

type Reference = { readonly kind: 'env'; readonly variable: string } | { readonly kind: 'derived' }

export async function startDeliveriesRig(environment: Record<string, string> = {}): Promise<DeliveriesRig> {
  const log = memoryEventLog()
  const clock = () => new Date()
  const publisher = createPublisher({ log, producer: 'test/1' })
  const control = startControlView({ log })
  await control.caughtUp
  const submit = submitControl({ publisher, view: control, clock, tenant: 'default', source: '/decision' })
  const actor = { type: 'system' as const, name: 'test' }
  const settings = { SALLYPORT_WEBHOOK_PAUSE_MS: '100', SALLYPORT_WEBHOOK_ANSWER_MS: '300', ...environment }
  const deliveries = createDeliveries({
    config: readConfig(deliveryConfigSpec, settings),
    log,
    feed: logFeed({ log, leases: memoryLeases(), checkpoints: memoryCheckpoints() }),
    publisher,
    control,
    secret: SECRET,
    environment: settings,
    perimeter: DEVELOPMENT,
    clock,
    logger: silentLogger,
  })
  await deliveries.start()
  const api = createApiServer({
    title: 'Test',
    version: '1',
    control,
    plugins: [deliveries.routes],
    health: deliveries.health,
    clock,
    logger: silentLogger,
  })
  const given = { actor, idempotencyKey: null }
  const id = newId()
  const token = {
    ...given,
    id,
    name: 'the-admin',
    scope: 'admin' as const,
    tokenHash: tokenHash(TOKEN),
    holder: null,
  }
  await submit('sallyport.token.issued.v2', id, token)

  return {
    log,
    publisher,
    control,
    deliveries,
    api,
    async add(name, url, events = ['approval.*'], secret = { kind: 'derived' }) {
      const id = newId()
      await submit('sallyport.webhook.added.v1', name, {
        ...given,
        id,
        name,
        url,
        events: [...events],
        secret,
      })
      return derivedSecret(SECRET, id)
    },
    async remove(name) {
      await submit('sallyport.webhook.removed.v1', name, { ...given, name })
    },
    async approvals(count, key) {
      const events = Array.from({ length: count }, () => {
        const approvalId = newId()
        const data = { approvalId, callDigest: 'd'.repeat(64) }
        const draft = {
          source: '/approvals',
          subject: approvalId,
          tenant: 'default',
          key: key ?? approvalId,
          data,
        }
        return newEvent({ type: 'sallyport.approval.expired.v1', ...draft }, clock())
      })
      for (const event of events) await publisher.publish(event)
      return events.map((event) => event.id)
    },
    async ask<T>(method: 'GET' | 'POST', url: string, body?: object) {
      const headers = { authorization: `Bearer ${TOKEN}` }
      const answer = await api.inject({ method, url, headers, ...(body && { payload: body }) })
      return answer.json() as T
    },
    async stop() {
      await api.close()
      await deliveries.stop()
      await control.stop()
      await publisher.close()
      await log.close()
    },
  }
}
