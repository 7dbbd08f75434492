import type { Approval } from '@sallyport/approval'
import { type Catalog, emptyCatalog, INITIAL_STATE, type Offered } from '@sallyport/control'
import { parseTerms } from '@sallyport/policy'
import { describe, expect, test } from 'vitest'
import { MINUTE, request, startWorld, vote } from '../testing/instance.ts'
import { contextOf } from './approval-context.ts'

const NO_CATALOG = INITIAL_STATE
const at = '2026-11-21T09:00:00.000Z'

function offering(tool: string, definition: object, changed = false): typeof INITIAL_STATE {
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
  return { ...INITIAL_STATE, catalogs: new Map([['files', catalog]]) }
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
      { others: [] },
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
    expect(contextOf({ ...approval, tool: null }, { others: [] }, NO_CATALOG)).toMatchObject({
      sentence: expect.stringContaining(`make the request ${approval.binding.action} on files`),
      tool: null,
    })
  })

  test('says of a tool whose definition has changed that it has', async () => {
    const { approval } = await pending()
    const changed = offering('drop_note', { name: 'drop_note' }, true)
    const { tool } = contextOf({ ...approval, tool: 'drop_note' }, { others: [] }, changed)
    expect(tool).toEqual({ title: null, description: null, status: 'changed', since: at })
  })

  test('cuts a description of thousands of characters, and takes no description that is not a text', async () => {
    const { approval } = await pending()
    const long = offering('drop_note', { title: 7, description: 'x'.repeat(5000) })
    const { tool } = contextOf({ ...approval, tool: 'drop_note' }, { others: [] }, long)
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
    const { similar } = contextOf(mine, { others: all }, NO_CATALOG)
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
    expect(contextOf(approval, { others: [] }, NO_CATALOG).next).toEqual([
      'Approved, this exact call goes on once, within 10 min.',
      'Denied, the agent is told your reason, and nothing is carried out.',
      `Unanswered, it is denied at ${approval.expiresAt}.`,
    ])
    expect(Date.parse(approval.expiresAt) - Date.parse(approval.requestedAt)).toBe(15 * MINUTE)
  })

  test('names the stages that come after this one', async () => {
    const { approval } = await pending(parseTerms({ stages: '1 of anyone then 2 of group:security' }))
    expect(contextOf(approval, { others: [] }, NO_CATALOG).next[0]).toBe(
      'Approved here, it still needs 2 of group:security.',
    )
  })
})

describe('for whom, and what came before', () => {
  const identity = { issuer: 'https://login.example', subject: '42' }

  test('names the person who has the identity that the agent acts for, and the identity where nobody has', async () => {
    const { approval } = await pending()
    const acting = { ...approval, principal: identity }
    const dana = { id: 'p-1', name: 'dana', email: null, groups: [], roles: [], identity, createdAt: at }
    const known = { ...INITIAL_STATE, persons: new Map([[dana.id, dana]]) }
    expect(contextOf(acting, { others: [] }, known).actsFor).toEqual({ ...identity, person: 'dana' })
    expect(contextOf(acting, { others: [] }, NO_CATALOG).actsFor).toEqual({ ...identity, person: null })
    expect(contextOf(approval, { others: [] }, NO_CATALOG).actsFor).toBeNull()
  })

  test('the session so far is told with what it cannot have in it, and not made up where it is not known', async () => {
    const { approval } = await pending()
    const action = { actionId: 'a-1', at, upstream: 'files', action: 'mcp.tools.read_file' }
    const soFar = { actions: [{ ...action, verdict: 'allow' as const, outcome: 'ok' }], more: 3 }
    expect(contextOf(approval, { others: [], soFar }, NO_CATALOG).session).toEqual({
      ...soFar,
      limits: expect.stringContaining('through other proxies'),
    })
    expect(contextOf(approval, { others: [] }, NO_CATALOG).session).toBeNull()
  })

  test('stages and clocks are lines, in the order in which they come', async () => {
    const terms = parseTerms({
      stages: '1 of anyone then 2 of group:security or role:owner',
      answerWithin: '1h',
      remindAfter: '30m',
      escalateAfter: '20m',
      escalateTo: 'role:owner',
    })
    const { approval } = await pending(terms)
    const { stages, clocks } = contextOf(approval, { others: [] }, NO_CATALOG)
    expect(stages).toEqual([
      'Stage 1 of 2: 0 of 1 from anyone, open',
      'Stage 2 of 2: 0 of 2 from group:security or role:owner, later',
    ])
    expect(clocks.map(({ text }) => text)).toEqual([
      'it escalates: the votes of role:owner count too',
      'people are reminded',
      'it is denied unless all votes are there',
    ])
  })
})
