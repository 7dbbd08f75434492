import { startControlView } from '@sallyport/control'
import { createPublisher, type EventLog } from '@sallyport/event-log'
import { newEvent, TOPICS } from '@sallyport/events'
import { type DecisionPoint, withDeadline } from '@sallyport/rpc'
import { connectDecision, serveGrpc } from '@sallyport/rpc/grpc'
import { describe, expect, it, onTestFinished } from 'vitest'
import { decisionPoint } from './decision-point.ts'
import { clock, logWithTokens } from './testing/instance.ts'
import { question } from './testing/question.ts'

const TOKEN = 'made-up internal bearer'
const PATIENT_MS = 10_000
const HASTY_MS = 20

type Open = (point: DecisionPoint, deadlineMs: number) => DecisionPoint | Promise<DecisionPoint>

async function overGrpc(point: DecisionPoint, deadlineMs: number): Promise<DecisionPoint> {
  const listen = { host: '127.0.0.1', port: 0 }
  const server = await serveGrpc({ listen, decision: point, internalToken: TOKEN })
  const client = connectDecision({ addresses: [server.address], internalToken: TOKEN, deadlineMs })
  onTestFinished(async () => {
    client.close()
    await server.stop()
  })
  await expect.poll(() => client.health()).toMatchObject({ status: 'ok' })
  return client
}

/** A log whose new records are read only once a test lets them. */
function slowLog(log: EventLog) {
  const gate = Promise.withResolvers<void>()
  let holding = false
  const slow: EventLog = {
    ...log,
    async *read(topic, options) {
      for await (const batch of log.read(topic, options)) {
        if (holding) await gate.promise
        yield batch
      }
    },
  }
  return { slow, hold: () => (holding = true), letGo: () => gate.resolve() }
}

const transports: [string, Open][] = [
  ['in process', withDeadline],
  ['over a gRPC stream', overGrpc],
]

describe.each(transports)(
  'a question from somebody who has read the control log further, asked %s',
  (_name, open) => {
    async function behind(deadlineMs: number) {
      const log = await logWithTokens()
      const { slow, hold, letGo } = slowLog(log)
      const control = startControlView({ log: slow })
      await control.caughtUp
      onTestFinished(async () => {
        letGo()
        await control.stop()
      })
      const point = await open(decisionPoint(control), deadlineMs)
      hold()
      const scope = { scope: 'global', on: true, reason: null }
      const data = { actor: { type: 'system' as const, name: 'test' }, idempotencyKey: null, ...scope }
      const draft = { source: '/decision', subject: 'global', tenant: 'default', key: 'default', data }
      const type = 'sallyport.kill_switch.set.v2' as const
      await createPublisher({ log, producer: 'test/2' }).publish(newEvent({ type, ...draft }, clock()))
      const controlOffset = (await log.ends(TOPICS.control))[0] ?? 0
      return { point, control, controlOffset, letGo }
    }

    const asked = question({ gatewayId: 'g-1', action: 'mcp.rpc.initialize' })

    it('waits until it was read as far here, and is judged by that', async () => {
      const { point, control, controlOffset, letGo } = await behind(PATIENT_MS)
      expect(control.offset()).toBeLessThan(controlOffset)
      const answer = point.decide({ ...asked, controlOffset })
      const many = point.decideMany([{ ...asked, controlOffset }, asked])
      letGo()
      expect(await answer).toMatchObject({ rule: 'kill_switch:global', controlOffset })
      expect((await many).map(({ rule }) => rule)).toEqual(['kill_switch:global', 'kill_switch:global'])
    })

    it('is denied as a fault where that takes longer than the deadline', async () => {
      const { point, controlOffset } = await behind(HASTY_MS)
      expect(await point.decide({ ...asked, controlOffset })).toMatchObject({
        outcome: 'deny',
        by: 'fault',
        fault: 'SP_DECISION_TIMEOUT',
      })
    })
  },
)
