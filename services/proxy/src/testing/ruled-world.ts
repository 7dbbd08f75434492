import { memoryEventLog } from '@sallyport/event-log'
import type { DataOf } from '@sallyport/events'
import { startFoldedControl } from './folded-control.ts'
import { startOfferingUpstream } from './offering-upstream.ts'
import { GATEWAY, startProxy } from './proxy-fixture.ts'
import { ruledDecision } from './ruled-decision.ts'

type Decision = DataOf<'sallyport.permission.set.v4'>['decision']
type Overrides = NonNullable<Parameters<typeof startProxy>[0]>['config']

/** A proxy with one upstream, `files`, whose lists a test gives, judged by the permissions that the test sets. */
export async function startRuledWorld(config: Overrides = {}) {
  const log = memoryEventLog()
  const control = await startFoldedControl(log)
  const upstream = await startOfferingUpstream()
  const token = await control.addGateway()
  await control.addUpstream('files', upstream.url)
  const decision = ruledDecision(control.view)
  const proxy = await startProxy({ log, folded: control.view, token, decision, config })
  return {
    control,
    upstream,
    proxy,
    async permit(rules: Readonly<Record<string, Decision>>): Promise<void> {
      for (const [action, decides] of Object.entries(rules))
        await control.submit('sallyport.permission.set.v4', GATEWAY, {
          actor: { type: 'person', name: 'dana' },
          idempotencyKey: null,
          id: `p-${action}`,
          gateway: GATEWAY,
          gatewayId: `id-of-${GATEWAY}`,
          upstream: null,
          connector: 'mcp',
          action,
          decision: decides,
          approval: null,
        })
    },
    async stop(): Promise<void> {
      await proxy.stop()
      await upstream.stop()
      await control.stop()
    },
  }
}

export type RuledWorld = Awaited<ReturnType<typeof startRuledWorld>>
