import type { Approval } from '@sallyport/approval'
import { type Catalog, emptyCatalog, INITIAL_STATE, type Offered } from '@sallyport/control'
import { parseTerms } from '@sallyport/policy'
import { describe, expect, test } from 'vitest'
import { MINUTE, request, startWorld, vote } from '../testing/instance.ts'
import { contextOf } from './approval-context.ts'

const NO_CATALOG = INITIAL_STATE
const at = '2026-11-21T09:00:00.000Z'

function offering(tool: string, definition: object, changed = false): Pick<typeof INITIAL_STATE, 'catalogs'> {
  const text = JSON.stringify(definition)
  const listed = { fingerprint: 'a', text, entire: true }
  const offered: Offered = {
    kind: 'tool',
    key: tool,
    accepted: changed ? { ...listed, fingerprint: 'b' } : listed,
    offered: listed,
    refused: null,
    mode: null,
    since: at,
    turns: 0,
    absences: 0,
  }
  const empty = emptyCatalog('files')
  const catalog: Catalog = { ...empty, offered: { ...empty.offered, tool: new Map([[tool, offered]]) } }
  return { catalogs: new Map([['files', catalog]]) }
}

function beforeItsAnswer(approval: Approval): Approval {
  return { ...approval, status: 'pending', answer: null, endedAt: null }
}

async function pending(terms?: ReturnType<typeof parseTerms>) {
  const asked = terms === undefined ? request() : { ...request(), terms }
  const world = await startWorld()
  const { approvalId } = await world.service.point.requestApproval(asked)
  const denied = await vote(world, approvalId, 'deny')
  return { approval: beforeItsAnswer(denied) }
}

describe('what is asked', () => {
  test('is one sentence with the agent, the tool by name and title, the upstream, the risk and the rule', async () => {
    const { approval } = await pending()
    const { sentence, tool } = contextOf(
      { ...approval, tool: 'drop_note' },
      [],
      offering('drop_note', { name: 'drop_note', title: 'Drop a note', description: 'Removes it for good.' }),
    )
    expect(sentence).toBe(
      `${approval.gateway.name} wants to call the tool drop_note (“Drop a note”) on files: ${approval.risk} risk, held by ${approval.rule}.`,
    )
    expect(tool).toEqual({
      title: 'Drop a note',
      description: 'Removes it for good.',
      status: 'accepted',
      since: at,
    })
  })

  test('names the request where there is no tool', async () => {
    const { approval } = await pending()
    expect(contextOf({ ...approval, tool: null }, [], NO_CATALOG)).toMatchObject({
      sentence: expect.stringContaining(`make the request ${approval.binding.action} on files`),
      tool: null,
    })
  })

  test('says of a tool whose definition has changed that it has', async () => {
    const { approval } = await pending()
    const changed = offering('drop_note', { name: 'drop_note' }, true)
    const { tool } = contextOf({ ...approval, tool: 'drop_note' }, [], changed)
    expect(tool).toEqual({ title: null, description: null, status: 'changed', since: at })
  })

  test('cuts a description of thousands of characters, and takes no description that is not a text', async () => {
    const { approval } = await pending()
    const long = offering('drop_note', { title: 7, description: 'x'.repeat(5000) })
    const { tool } = contextOf({ ...approval, tool: 'drop_note' }, [], long)
    expect(tool?.title).toBeNull()
    expect(tool?.description).toHaveLength(2001)
  })
})

describe('similar calls', () => {
  test('are those of the same agent to the same action, by how they were answered', async () => {
    const world = await startWorld()
    const ask = async (args: string) => {
      const { approvalId } = await world.service.point.requestApproval(request(args, `act-${args}`))
      return approvalId
    }
    const approved = await vote(world, await ask('a'), 'approve')
    const denied = await vote(world, await ask('b'), 'deny', 'omar')
    const mine = beforeItsAnswer(await vote(world, await ask('c'), 'deny'))
    const other: Approval = { ...approved, gateway: { id: 'gw-2', name: 'other' }, approvalId: 'x' }
    const all = [approved, denied, mine, other]
    const { similar } = contextOf(mine, all, NO_CATALOG)
    expect(similar).toEqual({
      approved: 1,
      denied: 1,
      unanswered: 0,
      sameCall: 0,
      last: expect.objectContaining({ approvalId: approved.approvalId, answer: 'approve', by: 'dana' }),
    })
  })
})

describe('what happens next', () => {
  test('names the end that denies and the time to use', async () => {
    const { approval } = await pending()
    expect(contextOf(approval, [], NO_CATALOG).next).toEqual([
      'Approved, this exact call goes on once, within 10 min.',
      'Denied, the agent is told your reason, and nothing is carried out.',
      `Unanswered, it is denied at ${approval.expiresAt}.`,
    ])
    expect(Date.parse(approval.expiresAt) - Date.parse(approval.requestedAt)).toBe(15 * MINUTE)
  })

  test('names the stages that come after this one', async () => {
    const { approval } = await pending(parseTerms({ stages: '1 of anyone then 2 of group:security' }))
    expect(contextOf(approval, [], NO_CATALOG).next[0]).toBe(
      'Approved here, it still needs 2 of group:security.',
    )
  })
})
