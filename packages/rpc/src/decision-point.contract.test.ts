import { UNREAD_ARGUMENTS, type Verdict } from '@sallyport/policy'
import { afterEach, describe, expect, it } from 'vitest'
import { connectDecision } from './connect-decision.ts'
import { type DecisionPoint, oneByOne } from './decision.ts'
import { serveGrpc } from './serve.ts'
import { ALLOW, ANY_PORT, question, TERMS, TOKEN, WHOLE_QUESTION } from './testing/questions.ts'
import { withDeadline } from './with-deadline.ts'

const DEADLINE_MS = 100
const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function overGrpc(point: DecisionPoint, viaStream: boolean): Promise<DecisionPoint> {
  const server = await serveGrpc({ listen: ANY_PORT, decision: point, internalToken: TOKEN })
  const client = connectDecision({
    addresses: [server.address],
    internalToken: TOKEN,
    deadlineMs: DEADLINE_MS,
  })
  closing.push(
    () => server.stop(),
    () => client.close(),
  )
  if (viaStream) await expect.poll(() => client.health()).toMatchObject({ status: 'ok' })
  return client
}

const transports: [string, (point: DecisionPoint) => DecisionPoint | Promise<DecisionPoint>][] = [
  ['in process', (point) => withDeadline(point, DEADLINE_MS)],
  ['over a gRPC stream', (point) => overGrpc(point, true)],
  ['over gRPC before the stream is open', (point) => overGrpc(point, false)],
]

describe.each(transports)('a decision point %s', (_name, open) => {
  it('hands over every part of a verdict', async () => {
    const verdicts: Record<string, Verdict> = {
      a: ALLOW,
      b: { ...ALLOW, outcome: 'deny', risk: 'high', rule: 'no permission', reasons: [] },
      c: { ...ALLOW, outcome: 'hold', risk: 'medium', reasons: ['one', 'zwei — ü'] },
      d: {
        ...ALLOW,
        outcome: 'deny',
        by: 'fault',
        rule: 'fault',
        policyVersion: 'none',
        fault: 'SP_CONTROL_STALE',
      },
      e: { ...ALLOW, outcome: 'deny', by: 'catalog', needs: 'listing' },
      f: { ...ALLOW, outcome: 'deny', by: 'guardrails', needs: 'arguments', readsArguments: true },
      h: { ...ALLOW, readsArguments: true },
      i: { ...ALLOW, outcome: 'hold', by: 'approver' },
      j: { ...ALLOW, outcome: 'hold', terms: TERMS },
      g: { ...ALLOW, outcome: 'hold', by: 'catalog', catalog: { status: 'changed', mode: 'hold' } },
    }
    const point = await open(oneByOne(({ action }) => verdicts[action] ?? ALLOW))

    for (const [action, expected] of Object.entries(verdicts))
      expect(await point.decide(question(action))).toEqual(expected)
  })

  it('asks with every part of the question', async () => {
    const asked: unknown[] = []
    const point = await open(
      oneByOne((input) => {
        asked.push(input)
        return ALLOW
      }),
    )
    const questions = [
      question('mcp.tools.%C3%BC'),
      WHOLE_QUESTION,
      { ...WHOLE_QUESTION, arguments: UNREAD_ARGUMENTS, tool: null },
      { ...WHOLE_QUESTION, arguments: { text: '' } },
      { ...WHOLE_QUESTION, arguments: { text: null, why: 'too_large' as const } },
    ]
    for (const one of questions) await point.decide(one)
    expect(asked).toEqual(questions)
  })

  it('answers a list as a whole, each with its own verdict, in their order', async () => {
    const lists: number[] = []
    const point = await open({
      decide: () => raise(),
      decideMany(inputs) {
        lists.push(inputs.length)
        return inputs.map(({ action }) => ({ ...ALLOW, rule: action }))
      },
    })
    const actions = Array.from({ length: 300 }, (_, at) => `mcp.tools.tool_${at}`)
    const verdicts = await point.decideMany(actions.map((action) => question(action)))
    expect(verdicts.map(({ rule }) => rule)).toEqual(actions)
    expect(lists.length).toBeLessThanOrEqual(3)
    expect(await point.decideMany([])).toEqual([])
  })

  it.each<[string, (inputs: readonly unknown[]) => readonly Verdict[] | Promise<readonly Verdict[]>]>([
    ['throws', () => raise()],
    ['rejects', async () => raise()],
    ['hangs', () => new Promise(() => undefined)],
    ['answers too few of', () => [ALLOW]],
  ])('denies all of a list when the service %s it', async (_how, decideMany) => {
    const point = await open({ decide: () => ALLOW, decideMany })
    const verdicts = await point.decideMany([question('a'), question('b')])
    expect(verdicts.map(({ outcome, by }) => `${outcome} ${by}`)).toEqual(['deny fault', 'deny fault'])
  })

  it('gives each caller its own answer, whatever order they come in', async () => {
    const waiting: (() => void)[] = []
    const point = await open(
      oneByOne(
        ({ action }) =>
          new Promise((resolve) => {
            waiting.unshift(() => resolve({ ...ALLOW, rule: action }))
            if (waiting.length === 3) for (const answer of waiting) answer()
          }),
      ),
    )
    const answers = await Promise.all(['a', 'b', 'c'].map(async (action) => point.decide(question(action))))
    expect(answers.map(({ rule }) => rule)).toEqual(['a', 'b', 'c'])
  })

  it('denies what is not answered in time, and says that this is not a judgement', async () => {
    const point = await open(oneByOne(() => new Promise(() => undefined)))
    const decision = await point.decide(question())
    expect(decision).toMatchObject({ outcome: 'deny', rule: 'fault', fault: 'SP_DECISION_TIMEOUT' })
    expect(decision.reasons.join()).toMatch(/no decision came within 100 ms.*a fault.*not a judgement/)
  })

  it.each<[string, DecisionPoint]>([
    ['throws', oneByOne(() => raise())],
    ['rejects', oneByOne(async () => raise())],
  ])('denies when the service %s, without telling what it said', async (_how, failing) => {
    const decision = await (await open(failing)).decide(question())
    expect(decision).toMatchObject({ outcome: 'deny', fault: 'SP_DECISION_UNAVAILABLE' })
    expect(JSON.stringify(decision)).not.toContain('internals')
  })

  it.each(['maybe', ''])('denies when the outcome is "%s"', async (outcome) => {
    const point = await open(oneByOne(() => ({ ...ALLOW, outcome }) as unknown as Verdict))
    expect(await point.decide(question())).toMatchObject({ outcome: 'deny', fault: 'SP_DECISION_UNREADABLE' })
  })
})

function raise(): never {
  throw new Error('internals')
}
