import { expect, test } from 'vitest'
import { botObjection } from './bot-limits.ts'

const NONE = { gateways: null, risk: null, perMinute: null, stages: null, advisory: false } as const
const group = (name: string) => ({ kind: 'group', name, id: null }) as const
const person = (name: string, id: string) => ({ kind: 'person', name, id }) as const
const ATTEMPT = {
  gatewayId: 'gw-1',
  risk: 'medium',
  stage: [group('finance'), person('dana', 'p-1')],
  recent: 2,
} as const

test.each<[object, object, string | undefined]>([
  [{}, {}, undefined],
  [{ gateways: ['gw-1', 'gw-2'] }, {}, undefined],
  [{ gateways: ['gw-2'] }, {}, 'gateway'],
  [{ gateways: [] }, {}, 'gateway'],
  [{ risk: 'high' }, {}, undefined],
  [{ risk: 'medium' }, {}, undefined],
  [{ risk: 'low' }, {}, 'medium risk'],
  [{ risk: 'low' }, { risk: 'low' }, undefined],
  [{ perMinute: 3 }, {}, undefined],
  [{ perMinute: 2 }, {}, 'the 2 answers'],
  [{ stages: [group('finance')] }, {}, undefined],
  [{ stages: [group('sre'), person('dana', 'p-1')] }, {}, undefined],
  [{ stages: [group('sre')] }, {}, 'this stage'],
  [{ stages: [person('dana', 'p-2')] }, {}, 'this stage'],
  [{ stages: [{ kind: 'role', name: 'finance', id: null }] }, {}, 'this stage'],
])('limits %j for %j: %s', (limits, change, why) => {
  const objection = botObjection({ ...NONE, ...limits }, { ...ATTEMPT, ...change })
  if (why === undefined) expect(objection).toBeUndefined()
  else expect(objection).toContain(why)
})

test('it does not vote for another group or role than its own, which the stage takes as well', () => {
  const limits = { ...NONE, stages: [group('security')] }
  const stage = [group('finance'), group('security')]
  expect(botObjection(limits, { ...ATTEMPT, stage, as: group('finance') })).toBe(
    'it may not answer for group:finance',
  )
  expect(botObjection(limits, { ...ATTEMPT, stage, as: group('security') })).toBeUndefined()
})
