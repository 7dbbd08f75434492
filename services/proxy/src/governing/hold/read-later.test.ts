import { startControlView } from '@sallyport/control'
import { type EventLog, memoryEventLog } from '@sallyport/event-log'
import type { DecisionPoint } from '@sallyport/rpc'
import { expect, onTestFinished, test } from 'vitest'
import { startAgent } from '../../testing/agent.ts'
import { FixedDecision } from '../../testing/fixed-decision.ts'
import { startFoldedControl } from '../../testing/folded-control.ts'
import { startMcpUpstream } from '../../testing/mcp-upstream.ts'
import { startProxy } from '../../testing/proxy-fixture.ts'

const TOOL = 'create_issue'
const ACTION = `mcp.tools.${TOOL}`
const BY = { actor: { type: 'person', name: 'dana' }, idempotencyKey: null } as const

/** The same log as a process reads it that is behind: nothing new comes before `open`. */
function readLater(log: EventLog) {
  let gate: Promise<void> | undefined
  let open = () => {}
  async function* read(...asked: Parameters<EventLog['read']>) {
    for await (const batch of log.read(...asked)) {
      await gate
      yield batch
    }
  }
  return {
    log: { ...log, read } satisfies EventLog,
    shut() {
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = promise
      open = resolve
    },
    open: () => open(),
  }
}

test('a held call is denied by a change that the decision service reads later than the proxy', async () => {
  const log = memoryEventLog()
  const control = await startFoldedControl(log)
  const token = await control.addGateway()
  const upstream = await startMcpUpstream()
  await control.addUpstream('files', upstream.url)

  const behind = readLater(log)
  const itsView = startControlView({ log: behind.log })
  await itsView.caughtUp
  const judge = new FixedDecision()
  judge.control = itsView
  judge.outcomes.set(ACTION, 'hold')
  const askedAt: number[] = []
  let onAsked = () => {}
  /** Waits until it has read as far as the asker, as the decision service does. */
  const decision: DecisionPoint = {
    async decide(input) {
      askedAt.push(input.controlOffset)
      onAsked()
      if (itsView.offset() < input.controlOffset)
        await itsView.settled({ partition: 0, offset: input.controlOffset - 1 })
      return judge.decide(input)
    },
    decideMany: (inputs) => judge.decideMany(inputs),
  }
  const proxy = await startProxy({ log, folded: control.view, token, decision })
  const agent = await startAgent(proxy)
  onTestFinished(async () => {
    await agent.stop()
    await proxy.stop()
    await upstream.stop()
    await control.stop()
    await itsView.stop()
  })

  const requested = proxy.approvals.next()
  const answer = agent.client.callTool({ name: TOOL, arguments: { title: 'broken' } })
  await requested
  const before = askedAt.length
  const askedAgain = Promise.withResolvers<void>()
  onAsked = askedAgain.resolve
  behind.shut()
  const killed = { ...BY, scope: 'global', on: true, reason: null }
  await control.submit('sallyport.kill_switch.set.v2', 'global', killed)
  await askedAgain.promise
  behind.open()

  expect(JSON.stringify(await answer)).toContain('kill_switch:global')
  // Asked once, and as of the change: nobody has to ask again later.
  expect(askedAt.slice(before)).toEqual([control.view.offset()])
  expect(upstream.calls).toEqual([])
})
