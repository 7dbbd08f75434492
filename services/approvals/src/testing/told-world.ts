import type { Vote } from '@sallyport/approval'
import { INITIAL_STATE, type Person, startControlView } from '@sallyport/control'
import { logFeed, memoryCheckpoints, memoryLeases } from '@sallyport/delivery'
import { createPublisher, memoryEventLog } from '@sallyport/event-log'
import { createApiServer } from '@sallyport/http-api'
import { type Environment, readConfig, silentLogger } from '@sallyport/runtime'
import { memorySignals } from '@sallyport/signals'
import { onTestFinished } from 'vitest'
import { destinationsSpec } from '../destinations/destinations-config.ts'
import { ballotOf } from '../destinations/linked-people.ts'
import { createApprovalsService } from '../service.ts'
import { request, TERMS } from './instance.ts'
import { manualTime } from './manual-time.ts'

export const personOf = (name: string, more: Partial<Person> = {}): Person => ({
  id: `p-${name}`,
  name,
  email: `${name}@example.com`,
  groups: ['finance'],
  roles: ['approver'],
  identity: null,
  createdAt: '2026-11-21T08:00:00.000Z',
  ...more,
})

/**
 * An installation with destinations as the environment says, among people who may be changed. `start` starts one more
 * process on the same log, with the marks of those before it.
 */
export async function startToldWorld(environment: Environment, people: readonly Person[]) {
  const time = manualTime()
  const log = memoryEventLog(() => time.clock().getTime())
  const persons = new Map(people.map((person) => [person.id, person]))
  const control = { state: () => ({ ...INITIAL_STATE, persons }), onChange: () => () => {} }
  const feed = logFeed({ log, leases: memoryLeases(), checkpoints: memoryCheckpoints() })
  let processes = 0

  async function start() {
    processes += 1
    const service = createApprovalsService(TERMS, {
      log,
      publisher: createPublisher({ log, producer: `approvals/${processes}` }),
      signals: memorySignals(),
      control,
      clock: time.clock,
      scheduler: time,
      secret: new Uint8Array(32).fill(7),
      logger: silentLogger,
      destinations: { config: readConfig(destinationsSpec, environment), feed },
    })
    await service.start()
    const view = startControlView({ log })
    await view.caughtUp
    const server = await createApiServer({
      title: 'approvals',
      version: '0',
      control: view,
      plugins: [service.routes],
      health: service.health,
      clock: time.clock,
      logger: silentLogger,
    })
    onTestFinished(async () => {
      await service.stop()
      await server.close()
      await view.stop()
    })
    return { service, server }
  }

  const first = await start()
  return {
    ...first,
    time,
    log,
    persons,
    start,
    async held(args = 'a', more: object = {}) {
      return (await first.service.point.requestApproval({ ...request(args), ...more })).approvalId
    },
    status: async (id: string) => (await first.service.point.getApprovals([id]))[0]?.status,
    /** Somebody answers, in the first process unless another one is named. */
    vote: (id: string, person: Person, vote: Vote, reason: string | null = null, by = first.service) =>
      by.answer({ approvalId: id, vote, ...ballotOf(person), reason, idempotencyKey: null }),
  }
}

/** Terms of an approval that one vote of a group decides, stage after stage. */
export function oneOfEach(...groups: readonly string[]) {
  return {
    stages: groups.map((name) => ({ need: 1, of: [{ kind: 'group' as const, name, id: null }] })),
    answerWithinMs: null,
    useWithinMs: null,
    remindAfterMs: null,
    escalateAfterMs: null,
    fallback: [],
  }
}
