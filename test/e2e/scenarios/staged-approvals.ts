import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ApiProblem } from '@sallyport/cli'
import { expect, test } from 'vitest'
import { textOf } from '../support/agent.ts'
import { type Api, apiOf } from '../support/api.ts'
import { govern, type World } from './world.ts'

interface Staged {
  readonly status: string
  readonly stage: number
  readonly stages: readonly { readonly have: number; readonly voters: readonly string[] }[]
  readonly youMay: { readonly answer: boolean; readonly why: string | null }
  readonly unanswerable: string | null
  readonly cancellation: { readonly reason: string } | null
}

/** Approvals that take the votes of several people, in stages. */
export function stagedApprovals(world: () => World): void {
  /** A person with a token of theirs. Names and groups are of this scenario alone. */
  const person = async (name: string, groups: readonly string[]): Promise<Api> => {
    const body = { name, groups, roles: ['approver'] }
    const { token } = await world().api.client.write<{ token: string }>('POST', '/v1/persons', body)
    return apiOf(world().composition, token)
  }
  const heldBy = async (
    stages: (tag: string) => string,
    people: Readonly<Record<string, readonly string[]>>,
    owner?: string,
  ) => {
    const tag = randomUUID().slice(0, 8)
    const voters: Record<string, Api> = {}
    for (const [name, groups] of Object.entries(people))
      voters[name] = await person(
        `${name}-${tag}`,
        groups.map((group) => `${group}-${tag}`),
      )
    const governed = await govern(world(), world().files.url, {})
    if (owner !== undefined)
      await world().api.client.write('PUT', `/v1/gateways/${governed.gateway}/owner`, {
        owner: `${owner}-${tag}`,
      })
    await world().api.client.write('PUT', '/v1/permissions', {
      gateway: governed.gateway,
      action: 'mcp.tools.create_*',
      decision: 'require_approval',
      approval: { stages: stages(tag), answerWithin: '10m' },
    })
    await world().composition.inForce()
    const agent = await governed.connect()
    const name = `staged-${tag}`
    const path = join(world().files.folder, name)
    const call = agent.call('create_directory', { path })
    const { approvalId: id } = await world().api.waiting(governed.gateway)
    const as = (who: string) => voters[who] as Api
    const seen = (api: Api) => api.client.get<Staged>(`/v1/approvals/${id}`)
    return { tag, governed, agent, call, path, name, id, as, seen }
  }
  const problemOf = (vote: Promise<unknown>) =>
    vote.then(
      () => undefined,
      (reason) => (reason instanceof ApiProblem ? reason.problem : Promise.reject(reason)),
    )

  test('two of one group and then one of another approve one call, which is executed once', async () => {
    const { tag, agent, call, path, id, as, seen } = await heldBy(
      (tag) => `2 of group:finance-${tag} then 1 of group:security-${tag}`,
      { ann: ['finance'], ben: ['finance'], sue: ['security'] },
    )
    expect(await seen(as('sue'))).toMatchObject({
      youMay: { answer: false, why: `not in group:finance-${tag}` },
    })
    expect(await problemOf(as('sue').vote(id, 'approve'))).toMatchObject({ code: 'SP_APPROVAL_NOT_YOURS' })
    expect(await as('ann').vote(id, 'approve')).toMatchObject({ status: 'pending' })
    expect(await problemOf(as('ann').vote(id, 'approve'))).toMatchObject({
      code: 'SP_APPROVAL_VOTED_ALREADY',
    })
    await as('ben').vote(id, 'approve')
    expect(existsSync(path)).toBe(false)
    expect(await seen(as('sue'))).toMatchObject({
      status: 'pending',
      stage: 1,
      stages: [{ have: 2, voters: [`ann-${tag}`, `ben-${tag}`] }, { have: 0 }],
      youMay: { answer: true },
    })
    await as('sue').vote(id, 'approve')
    expect((await call).isError ?? false).toBe(false)
    expect(readdirSync(world().files.folder).filter((one) => one === `staged-${tag}`)).toHaveLength(1)
    expect(await seen(as('ann'))).toMatchObject({ status: 'consumed' })
    await agent.close()
  })

  test('a voter who loses the group before it is used takes the approval with them, and it is asked anew', async () => {
    const { tag, governed, agent, call, path, id, as, seen } = await heldBy(
      (tag) => `2 of group:finance-${tag}`,
      { ann: ['finance'], ben: ['finance'], cat: ['finance'] },
    )
    await as('ann').vote(id, 'approve')
    await world().api.client.write('PATCH', `/v1/persons/ann-${tag}`, { groups: [] })
    await world().composition.inForce()
    await as('ben').vote(id, 'approve')
    const again = await world().api.waiting(governed.gateway)
    expect(again.approvalId).not.toBe(id)
    expect(await seen(as('ben'))).toMatchObject({
      status: 'revoked',
      cancellation: { reason: `ann-${tag} approved it and is not in group:finance-${tag} any more` },
    })
    expect(existsSync(path)).toBe(false)
    await as('ben').vote(again.approvalId, 'approve')
    await as('cat').vote(again.approvalId, 'approve')
    expect((await call).isError ?? false).toBe(false)
    expect(existsSync(path)).toBe(true)
    await agent.close()
  })

  test('the owner of the agent approves nothing that it asks for, and where nobody else can that is said at once', async () => {
    const people = { ann: ['ops'], ben: ['other'] }
    const { tag, agent, call, path, id, as, seen } = await heldBy(
      (tag) => `1 of group:ops-${tag}`,
      people,
      'ann',
    )
    const unanswerable = `stage 1 needs 1 of group:ops-${tag}, and nobody can vote for it`
    expect(await seen(as('ann'))).toMatchObject({
      unanswerable,
      youMay: { answer: false, why: 'excluded: the owner of the gateway does not approve its calls' },
    })
    expect(await problemOf(as('ann').vote(id, 'approve'))).toMatchObject({ code: 'SP_APPROVAL_NOT_YOURS' })
    await world().api.client.write('PATCH', `/v1/persons/ben-${tag}`, { groups: [`ops-${tag}`] })
    await world().composition.inForce()
    expect((await seen(as('ben'))).unanswerable).toBeNull()
    await as('ben').vote(id, 'approve')
    // The agent was told at once, and did not wait for nobody. Its next call uses the approval.
    const told = await call
    expect(told.isError).toBe(true)
    expect(textOf(told)).toContain(unanswerable)
    expect(existsSync(path)).toBe(false)
    expect((await agent.call('create_directory', { path })).isError ?? false).toBe(false)
    expect(existsSync(path)).toBe(true)
    await agent.close()
  })
}
