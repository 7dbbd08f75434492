import { expect, test } from 'vitest'
import { UpstreamAnswerInvalid } from '../domain/upstream-faults.ts'
import { type AnswerPhase, type AnswerStep, PASS_ANSWER, passAnswer } from './answer-phases.ts'

const phase = (name: string, pass: (part: string) => AnswerStep<string>): AnswerPhase<null, string> => ({
  name,
  pass: (_, part) => pass(part),
})
const passes = phase('passes', () => PASS_ANSWER)
const appends = (text: string) => phase(`appends ${text}`, (part) => ({ step: 'change', part: part + text }))
const refuses = phase('refuses', () => ({ step: 'refuse', fault: new UpstreamAnswerInvalid('it is bad') }))
const holds = (until: Promise<AnswerStep<string>>) => phase('holds', () => ({ step: 'hold', until }))

test('each phase is given what the one before has made of the part', () => {
  expect(passAnswer([appends('b'), passes, appends('c')], null, 'a')).toBe('abc')
})

test('what a phase refuses reaches no phase behind it', () => {
  const seen: string[] = []
  const watches = phase('watches', (part) => {
    seen.push(part)
    return PASS_ANSWER
  })
  expect(() => passAnswer([watches, refuses, watches], null, 'a')).toThrow('it is bad')
  expect(seen).toEqual(['a'])
})

test('a held part goes on where it was held, with what came of it', async () => {
  const { promise, resolve } = Promise.withResolvers<AnswerStep<string>>()
  const passing = passAnswer([appends('b'), holds(promise), appends('d')], null, 'a')
  expect(passing).toBeInstanceOf(Promise)
  resolve({ step: 'hold', until: Promise.resolve({ step: 'change', part: 'abc' }) })
  await expect(passing).resolves.toBe('abcd')
})

test('a held part may be refused later', async () => {
  const refused = { step: 'refuse', fault: new UpstreamAnswerInvalid('it is bad') } as const
  await expect(passAnswer([holds(Promise.resolve(refused))], null, 'a')).rejects.toThrow('it is bad')
})
