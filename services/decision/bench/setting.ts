import { startControlView } from '@sallyport/control'
import { createPublisher, memoryEventLog } from '@sallyport/event-log'
import { newEvent } from '@sallyport/events'
import type { DecisionInput } from '@sallyport/policy'
import type { DecisionPoint } from '@sallyport/rpc'
import { DEVELOPMENT } from '@sallyport/runtime'
import { createDecisionService } from '../src/index.ts'
import { question } from '../src/testing/question.ts'

export const BENCH_TOKEN = 'made up for the bench'
const GATEWAYS = Array.from({ length: 20 }, (_, index) => ({ id: `g-${index}`, name: `agent-${index}` }))
const TOOLS = ['read_file', 'create_issue', 'delete_branch', 'list_files', 'search']
const RULES = [
  ['read', 'allow'],
  ['create', 'require_approval'],
  ['delete', 'deny'],
] as const

/** The service by itself on a log in memory: 20 gateways, three permissions each, one upstream. */
export async function benchPoint(): Promise<DecisionPoint> {
  const clock = () => new Date()
  const log = memoryEventLog()
  const publisher = createPublisher({ log, producer: 'bench/1' })
  const by = { actor: { type: 'system' as const, name: 'bench' }, idempotencyKey: null }
  const about = { source: '/decision', subject: 'bench', tenant: 'default', key: 'default' }
  for (const { id, name } of GATEWAYS) {
    const gateway = { ...by, id, name, tokenHash: '0'.repeat(64) }
    await publisher.publish(
      newEvent({ type: 'sallyport.gateway.added.v1', ...about, data: gateway }, clock()),
    )
    for (const [verb, decision] of RULES) {
      const rule = {
        id: `${id}-${verb}`,
        gateway: name,
        upstream: null,
        connector: 'mcp',
        action: `mcp.tools.${verb}_*`,
        decision,
        approval: null,
      }
      const data = { ...by, ...rule }
      await publisher.publish(newEvent({ type: 'sallyport.permission.set.v4', ...about, data }, clock()))
    }
  }
  const target = { kind: 'http' as const, url: 'http://127.0.0.1:1/mcp' }
  const data = { ...by, name: 'files', connector: 'mcp', target, credential: null }
  await publisher.publish(newEvent({ type: 'sallyport.upstream.added.v1', ...about, data }, clock()))
  const control = startControlView({ log })
  await control.caughtUp
  return createDecisionService({
    control,
    publisher,
    tenant: 'default',
    clock,
    secret: Buffer.alloc(32),
    perimeter: DEVELOPMENT,
  }).point
}

/** Questions that take turns over gateways and tools. */
export function benchQuestions(): DecisionInput[] {
  return GATEWAYS.flatMap(({ id, name }) =>
    TOOLS.map((tool) => question({ gatewayId: id, gateway: name, action: `mcp.tools.${tool}` })),
  )
}
