import { readFile } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { connectDecision } from './connect-decision.ts'
import { oneByOne } from './decision.ts'
import { startDecisionProcess } from './testing/decision-process.ts'
import { ALLOW, question, TOKEN } from './testing/questions.ts'
import { withDeadline } from './with-deadline.ts'

const DEADLINE_MS = 2000

/** What SIGSTOP, a long garbage collection or a machine that sleeps do: nothing runs, and answers wait to be read. */
function holdTheLoop(ms = DEADLINE_MS + 500): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

test('an answer over a stream that came while the process was held is read, and not denied as late', async () => {
  const server = await startDecisionProcess()
  onTestFinished(() => server.kill())
  const client = connectDecision({
    addresses: [server.address],
    internalToken: TOKEN,
    deadlineMs: DEADLINE_MS,
  })
  onTestFinished(() => client.close())
  await expect.poll(() => client.health(), { timeout: 20_000 }).toMatchObject({ status: 'ok' })

  const backlog = ['told', 'a', 'b', 'c'].map(async (action) => client.decide(question(action)))
  await server.asked
  holdTheLoop()
  expect(await Promise.all(backlog)).toEqual([ALLOW, ALLOW, ALLOW, ALLOW])
  expect(client.health()).toMatchObject({ status: 'ok' })
})

test('an answer in process that came while the process was held is taken, and not denied as late', async () => {
  const point = withDeadline(
    oneByOne(() => readFile(import.meta.filename).then(() => ALLOW)),
    DEADLINE_MS,
  )
  const one = point.decide(question())
  const list = point.decideMany([question(), question()])
  holdTheLoop()
  expect(await one).toEqual(ALLOW)
  expect(await list).toEqual([ALLOW, ALLOW])
})

test('what nobody answers is denied however often the process is held', async () => {
  const point = withDeadline(
    oneByOne(() => new Promise(() => undefined)),
    50,
  )
  const answer = point.decide(question())
  holdTheLoop(100)
  expect(await answer).toMatchObject({ outcome: 'deny', fault: 'SP_DECISION_TIMEOUT' })
})
