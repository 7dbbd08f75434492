import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ApiProblem } from '@sallyport/cli'
import { expect, test } from 'vitest'
import { textOf } from '../support/agent.ts'
import { type Api, type Approval, apiOf } from '../support/api.ts'
import { govern, type World } from './world.ts'

interface Edited extends Approval {
  readonly digest: string
  readonly edit: { readonly by: string; readonly changes: readonly object[] } | null
}

interface Story {
  readonly items: readonly {
    readonly type: string
    readonly data: { readonly phase?: string; readonly [member: string]: unknown }
  }[]
}

/** Held calls whose arguments one person edits, and another one approves. */
export function editedApprovals(world: () => World): void {
  const person = async (name: string): Promise<Api> => {
    const body = { name, groups: [], roles: ['approver'] }
    const { token } = await world().api.client.write<{ token: string }>('POST', '/v1/persons', body)
    return apiOf(world().composition, token)
  }
  const held = async () => {
    const tag = randomUUID().slice(0, 8)
    const [ann, ben] = [await person(`ann-${tag}`), await person(`ben-${tag}`)]
    const governed = await govern(world(), world().files.url, {
      'mcp.tools.create_directory': 'require_approval',
    })
    const agent = await governed.connect()
    const { folder } = world().files
    const [sent, meant] = [join(folder, `sent-${tag}`), join(folder, `meant-${tag}`)]
    const call = agent.call('create_directory', { path: sent })
    const { approvalId: id, actionId } = await world().api.waiting(governed.gateway)
    const edit = (api: Api, path: unknown, more: object = {}) =>
      api.client.write<Edited>('POST', `/v1/approvals/${id}/edit`, {
        patch: [{ op: 'replace', path: '/path', value: path }],
        ...more,
      })
    const approve = (api: Api, digest?: string) =>
      api.client.write<Edited>('POST', `/v1/approvals/${id}/approve`, digest === undefined ? {} : { digest })
    return { tag, ann, ben, governed, agent, call, sent, meant, id, actionId, edit, approve }
  }
  const codeOf = (refused: Promise<unknown>) =>
    refused.then(
      () => 'taken',
      (reason) => (reason instanceof ApiProblem ? reason.problem.code : Promise.reject(reason)),
    )

  test('one person edits a held call, another approves it: only what they approved is carried out, and everybody is told', async () => {
    const { tag, ann, ben, agent, call, sent, meant, id, actionId, edit, approve } = await held()
    const { digest, edit: made } = await edit(ann, meant, { reason: 'the right folder' })
    expect(made).toMatchObject({
      by: `ann-${tag}`,
      changes: [{ place: '/path', from: sent, to: meant }],
    })
    expect(await codeOf(approve(ann, digest))).toBe('SP_APPROVAL_NOT_YOURS')
    expect(await codeOf(approve(ben))).toBe('SP_APPROVAL_EDITED')
    expect(await approve(ben, digest)).toMatchObject({ status: 'approved' })
    const result = await call
    expect(result.isError ?? false).toBe(false)
    expect(textOf(result)).toContain(`edited before it was carried out, by ann-${tag}: /path from`)
    expect(textOf(result)).toContain('the right folder')
    expect(result._meta).toMatchObject({
      'sallyport/edit': { by: `ann-${tag}`, changes: [{ place: '/path', from: sent, to: meant }] },
    })
    expect([existsSync(sent), existsSync(meant)]).toEqual([false, true])

    await world().api.recorded(id, 'sallyport.action.completed.v1')
    const { items } = await world().api.client.get<Story>(`/v1/actions/${actionId}`)
    const of = (type: string, phase?: string) =>
      items.find((event) => event.type === type && event.data.phase === phase)?.data
    expect(of('sallyport.action.decided.v1', 'initial')).toMatchObject({ arguments: { path: sent } })
    expect(of('sallyport.approval.edited.v1')).toMatchObject({ arguments: { path: meant } })
    expect(of('sallyport.approval.edited.v1')?.['sealedArguments']).toBeUndefined()
    expect(of('sallyport.action.decided.v1', 'resumed')).toMatchObject({
      arguments: { path: meant },
      editedBy: `ann-${tag}`,
      answeredBy: `ben-${tag}`,
    })
    await agent.close()
  })

  test('an edit that the tool does not take is refused, and the call waits on as it was', async () => {
    const { ann, ben, agent, call, sent, id, edit, approve } = await held()
    expect(await codeOf(edit(ann, 7))).toBe('SP_APPROVAL_EDIT_INVALID')
    expect(await world().api.approval(id)).toMatchObject({ status: 'pending', edit: null })
    await approve(ben)
    expect((await call).isError ?? false).toBe(false)
    expect(existsSync(sent)).toBe(true)
    await agent.close()
  })

  test('a call that is made again through another proxy attaches to what was edited, and one of them carries it out', async () => {
    const { ann, ben, governed, agent, call, sent, meant, edit, approve } = await held()
    const { digest } = await edit(ann, meant)
    const other = await governed.connect(-1)
    const again = other.call('create_directory', { path: sent })
    await expect
      .poll(async () => (await world().api.waiting(governed.gateway)) as Approval & { attachments?: number })
      .toMatchObject({ attachments: 1 })
    await approve(ben, digest)
    const results = [await call, await again]
    expect(results.filter(({ isError }) => isError !== true)).toHaveLength(1)
    expect([existsSync(sent), existsSync(meant)]).toEqual([false, true])
    await agent.close()
    await other.close()
  })
}
