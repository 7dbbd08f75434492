import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Agent } from '../support/agent.ts'
import { govern, type World } from './world.ts'

interface Granted {
  readonly status: string
  readonly grant: { readonly id: string; readonly text: string; readonly usesLeft: number | null } | null
}

interface Grant {
  readonly grantId: string
  readonly status: string
  readonly approvalId: string
  readonly used: number
  readonly endedBy: string | null
}

/** One answer of a person for more than one call, and its end. */
export function grants(world: () => World): void {
  let made = 0
  const folder = () => {
    made += 1
    return join(world().files.folder, `granted-${made}-${Math.random().toString(36).slice(2)}`)
  }
  const create = (agent: Agent, path: string) => agent.call('create_directory', { path })
  const governed = () => govern(world(), world().files.url, { 'mcp.tools.create_*': 'require_approval' })

  test('an answer for an hour lets other calls of the tool pass, is listed, and ends when it is revoked', async () => {
    const { gateway, connect } = await governed()
    const agent = await connect()
    const first = folder()
    const call = create(agent, first)
    const { approvalId } = await world().api.waiting(gateway)
    const dana = await world().api.approver(`dana-${gateway}`)
    const approved = await dana.client.write<Granted>('POST', `/v1/approvals/${approvalId}/approve`, {
      grant: { for: '1h' },
    })
    expect(approved.grant).toMatchObject({ text: 'for 1h, with any arguments', usesLeft: null })
    expect((await call).isError ?? false).toBe(false)

    const second = folder()
    expect((await create(agent, second)).isError ?? false).toBe(false)
    expect(existsSync(second)).toBe(true)
    const { items } = await world().api.client.get<{ items: Grant[] }>('/v1/grants', { gateway })
    expect(items).toMatchObject([{ approvalId, status: 'open', used: 1, approvers: [`dana-${gateway}`] }])
    const grantId = items[0]?.grantId ?? ''
    const record = await world().api.timeline(gateway, (all) =>
      all.some((item) => item.reasons.join().includes('calls like it were approved')),
    )
    expect(record.find(({ reasons }) => reasons.join().includes('calls like it'))).toMatchObject({
      approvalId,
      answeredBy: `dana-${gateway}`,
      verdict: 'allow',
    })

    const ended = await dana.client.write<Grant>('POST', `/v1/grants/${grantId}/revoke`, { reason: 'enough' })
    expect(ended).toMatchObject({ status: 'revoked', endedBy: `dana-${gateway}` })
    const third = folder()
    const held = create(agent, third)
    const again = await world().api.waiting(gateway)
    expect(again.approvalId).not.toBe(approvalId)
    expect(existsSync(third)).toBe(false)
    await dana.vote(again.approvalId, 'deny')
    expect((await held).isError).toBe(true)
    await agent.close()
  })
}
