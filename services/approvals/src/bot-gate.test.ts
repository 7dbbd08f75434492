import { type BotLimits, type ControlState, INITIAL_STATE } from '@sallyport/control'
import { expect, test } from 'vitest'
import { MINUTE, NO_CONTROL, request, startInstance, startWorld, tokenVoter } from './testing/instance.ts'
import { manualTime } from './testing/manual-time.ts'

const NONE: BotLimits = { gateways: null, risk: null, perMinute: null, stages: null, advisory: false }

/** Instances on one log, whose control state has one bot with these limits. */
async function startWithBot(limits: Partial<BotLimits>) {
  const bot = { id: 'b-1', name: 'ci', personId: null, limits: { ...NONE, ...limits }, createdAt: '' }
  let state: ControlState = { ...INITIAL_STATE, bots: new Map([['b-1', bot]]) }
  const control = { ...NO_CONTROL, state: () => state }
  const time = manualTime()
  const { log } = await startWorld()
  const start = () => startInstance(log, time, undefined, control)
  const one = await start()
  const held = async (args: string, gatewayId = 'gw-1') => {
    const { binding, ...rest } = request(args)
    const asked = { ...rest, binding: { ...binding, gatewayId } }
    return (await one.service.point.requestApproval(asked)).approvalId
  }
  const answer = (approvalId: string, by = one, actor: object = BOT) => {
    const voter = { ...tokenVoter('b-1'), botId: 'b-1', advisory: limits.advisory ?? false }
    const given = { approvalId, vote: 'deny' as const, voter, reason: null, idempotencyKey: null }
    return by.service.answer({ ...given, actor: { ...BOT, ...actor } })
  }
  const remove = () => {
    state = INITIAL_STATE
  }
  return { time, start, held, answer, remove }
}

const BOT = { type: 'bot', name: 'ci', id: 't-1', holderId: 'b-1' } as const
const limited = expect.objectContaining({ code: 'SP_BOT_LIMITED' })

test('a bot answers calls of its gateways alone, and what it may not answer stays open', async () => {
  const { held, answer } = await startWithBot({ gateways: ['gw-1'] })
  const [own, other] = [await held('a'), await held('b', 'gw-2')]
  expect(await answer(own)).toMatchObject({ status: 'denied' })
  await expect(answer(other)).rejects.toEqual(limited)
  expect(await answer(other, undefined, { type: 'person', holderId: 'p-1' })).toMatchObject({
    status: 'denied',
  })
})

test('a bot answers calls up to a risk', async () => {
  const { held, answer } = await startWithBot({ risk: 'low' })
  await expect(answer(await held('a'))).rejects.toEqual(limited)
})

test('a bot gives so many answers in a minute, over all processes and their restarts', async () => {
  const { time, start, held, answer } = await startWithBot({ perMinute: 2 })
  await answer(await held('1'))
  await answer(await held('2'))
  await expect(answer(await held('3'))).rejects.toEqual(limited)
  const restarted = await start()
  const fourth = await held('4')
  await expect(answer(fourth, restarted)).rejects.toEqual(limited)
  time.advance(MINUTE)
  expect(await answer(fourth, restarted)).toMatchObject({ status: 'denied' })
})

test('answers at one moment are counted while they are under way', async () => {
  const { held, answer } = await startWithBot({ perMinute: 1 })
  const ids = [await held('1'), await held('2'), await held('3')]
  const answers = await Promise.allSettled(ids.map((id) => answer(id)))
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('a bot that was removed answers nothing, and a token of its own has no limits', async () => {
  const { held, answer, remove } = await startWithBot({})
  const id = await held('a')
  remove()
  await expect(answer(id)).rejects.toEqual(limited)
  expect(await answer(id, undefined, { holderId: undefined })).toMatchObject({ status: 'denied' })
})

test('a bot that only advises is heard, and the call goes on waiting for a person', async () => {
  const { held, answer } = await startWithBot({ advisory: true })
  expect(await answer(await held('a'))).toMatchObject({
    status: 'pending',
    votes: [],
    advice: [{ voterId: 'b-1', name: 'ci', vote: 'deny' }],
  })
})

test('a bot that is limited to stages votes in those that name one of them', async () => {
  const finance = { kind: 'group', name: 'finance', id: null } as const
  const { held, answer } = await startWithBot({ stages: [finance] })
  await expect(answer(await held('a'))).rejects.toEqual(limited)
})
