import { describe, expect, test } from 'vitest'
import { digestOf } from './approval.ts'
import {
  at,
  botOf,
  claimed,
  editDigest,
  edited,
  expired,
  fold,
  person,
  requested,
  stages,
  voted,
} from './testing/scenario.ts'

const ann = person('ann', ['finance'])
const ben = person('ben', ['finance'])
const sue = person('sue', ['security'])
const TERMS = { stages: stages('1 of group:finance then 1 of group:security'), editable: true as const }
const ask = () => requested('A', 0, 'a', 'act-A', TERMS)
const refused = (kind: string, reason: RegExp) => ({
  accepted: false,
  kind,
  reason: expect.stringMatching(reason),
})
const approval = ({ state }: ReturnType<typeof fold>) => state.approvals.get('A')

describe('an edit', () => {
  test('voids the votes so far, begins the stages anew, and keeps what was sent', () => {
    const told = fold([ask(), voted('A', 1, { voter: ann }), edited('A', 2, { voter: sue })])
    expect(told.last).toMatchObject({ accepted: true, status: 'pending', changed: ['A'] })
    expect(approval(told)).toMatchObject({
      stage: 0,
      votes: [],
      editors: ['sue'],
      arguments: { title: 'edited to e' },
      sealedArguments: 'sealed e',
      sent: { arguments: { title: 'issue a' } },
      edit: { digest: editDigest('e'), actor: { name: 'sue' }, at: at(2) },
      expiresAt: at(15),
    })
  })

  test('takes the vote of its author, and of their bot, for good', () => {
    const told = [ask(), edited('A', 1, { voter: ann })]
    const digest = editDigest('e')
    for (const voter of [ann, botOf(ann)])
      for (const vote of ['approve', 'deny'] as const)
        expect(fold([...told, voted('A', 2, { voter, vote, digest })]).last).toMatchObject(
          refused('forbidden', /^excluded: whoever edited/),
        )
    const again = edited('A', 2, { voter: ben, basedOn: digest, to: 'f' })
    const later = fold([...told, again, voted('A', 3, { voter: ann, digest: editDigest('f') })])
    expect(later.last).toMatchObject(refused('forbidden', /whoever edited/))
    expect(approval(later)?.editors).toEqual(['ann', 'ben'])
  })

  test('leaves nothing to be done with a vote or a claim on what was there before', () => {
    const told = [ask(), edited('A', 1, { voter: sue })]
    expect(fold([...told, voted('A', 2, { voter: ann })]).last).toMatchObject(refused('edited', /sue edited/))
    const digest = editDigest('e')
    const approved = [
      ...told,
      voted('A', 2, { voter: ann, digest }),
      voted('A', 3, { voter: person('sam', ['security']), digest }),
    ]
    expect(fold(approved).last).toMatchObject({ accepted: true, status: 'approved' })
    expect(fold([...approved, claimed('A', 4)]).last).toMatchObject(refused('edited', /sue edited/))
    const used = fold([...approved, claimed('A', 4, 'act-1', 'a', digest)])
    expect(used.last).toMatchObject({ accepted: true, status: 'consumed' })
    expect(approval(used)).not.toHaveProperty('sealedArguments')
  })

  test('is one of the two that were made of the same arguments', () => {
    const told = fold([ask(), edited('A', 1, { voter: ann }), edited('A', 1, { voter: ben, to: 'f' })])
    expect(told.last).toMatchObject(refused('edited', /ann edited/))
    const call = approval(told)
    expect(call && digestOf(call)).toBe(editDigest('e'))
  })

  test('makes the approval one for once: no grant is born of it', () => {
    const grantable = {
      withinMs: 60_000,
      caller: { credential: 'c'.repeat(64), principal: null, session: null },
    }
    const asked = ask()
    const told = fold([
      { ...asked, data: { ...asked.data, grantable } } as unknown as typeof asked,
      edited('A', 1, { voter: ann }),
    ])
    expect(told.last).toMatchObject({ accepted: true })
    expect(approval(told)?.grantable).toBeUndefined()
  })

  test('that the log took twice is one edit', () => {
    const edit = () => edited('A', 1, { voter: ann, key: 'k' })
    const told = fold([ask(), edit(), edit()])
    expect(told.last).toMatchObject({ accepted: true, changed: [] })
    expect(approval(told)?.edits).toBe(1)
  })

  test.each([
    ['after the last vote', [voted('A', 1, { voter: ann }), voted('A', 2, { voter: sue })], ann, 'conflict'],
    ['after a denial', [voted('A', 1, { voter: ann, vote: 'deny' as const })], ann, 'conflict'],
    ['after its time', [expired('A', 15)], ann, 'expired'],
    ['of somebody whose votes it does not take', [], person('max', ['managers']), 'forbidden'],
    ['of a bot that only advises', [], botOf(ann, true), 'forbidden'],
  ] as const)('%s is refused', (_, history, voter, kind) => {
    const minute = kind === 'expired' ? 16 : 5
    const told = fold([ask(), ...history, edited('A', minute, { voter })])
    expect(told.last).toMatchObject({ accepted: false, kind })
  })

  test('of the owner of the gateway, or of whom the agent acts for, is refused', () => {
    for (const why of ['owner', 'principal'] as const) {
      const excluded = [{ personId: 'ann', why }]
      const told = fold([
        requested('A', 0, 'a', 'act-A', { ...TERMS, excluded }),
        edited('A', 1, { voter: ann }),
      ])
      expect(told.last).toMatchObject(refused('forbidden', /^excluded: /))
    }
  })

  test('of a call that cannot be edited is refused, and so is the twenty-first', () => {
    const { editable: _, ...fixed } = TERMS
    const one = fold([requested('A', 0, 'a', 'act-A', fixed), edited('A', 1, { voter: ann })])
    expect(one.last).toMatchObject(refused('conflict', /cannot be edited/))
    const digits = Array.from({ length: 21 }, (_, at) => (at % 2 === 0 ? 'e' : 'f'))
    const edits = digits.map((to, index) =>
      edited('A', 1, { voter: ann, to, ...(index > 0 && { basedOn: editDigest(digits[index - 1] ?? '') }) }),
    )
    const many = fold([ask(), ...edits])
    expect(many.outcomes.filter(({ accepted }) => accepted)).toHaveLength(21)
    expect(many.last).toMatchObject(refused('conflict', /20 times/))
  })
})
