import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { HeldWorld, KINDS, type Made } from '../../testing/interleaved/held-world.ts'

/** One act of somebody, or one message between the parts that goes on its way. */
const step = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      act: fc.constant('pass' as const),
      which: fc.nat({ max: 20 }),
      times: fc.integer({ min: 1, max: 12 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('call' as const),
      kind: fc.constantFrom(...KINDS),
      args: fc.nat({ max: 1 }),
      at: fc.nat({ max: 1 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      act: fc.constantFrom(
        'approve',
        'approve',
        'approve',
        'approve',
        'approve',
        'deny',
        'expire',
        'hang up',
        'cancel',
        'crash',
        'restrict',
        'redefine',
        'deafen',
        'hear',
      ),
      which: fc.nat({ max: 5 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant('wait' as const), ms: fc.constantFrom(300, 5000, 51_000) }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
})
afterAll(() => {
  vi.useRealTimers()
})

/** Lets everything go on that waits for nothing but the processor. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

async function perform(world: HeldWorld, one: Step): Promise<void> {
  switch (one.act) {
    case 'pass':
      for (let n = 0; n < one.times && world.gates.size > 0; n++) {
        world.gates.open(one.which + n)
        await settle()
      }
      break
    case 'call':
      world.call(one.kind, one.args, one.at)
      break
    case 'wait':
      vi.advanceTimersByTime(one.ms)
      break
    case 'approve':
    case 'deny': {
      const approval = pick(world.ofStatus('pending'), one.which)
      if (approval) world.approvals.vote(approval.approvalId, one.act, 'dana')
      break
    }
    case 'expire': {
      const approval = pick(world.ofStatus('pending'), one.which)
      if (approval) world.approvals.expire(approval.approvalId)
      break
    }
    case 'hang up':
      pick(
        world.made.filter(({ caller }) => caller.waits),
        one.which,
      )?.caller.hangUp()
      break
    case 'cancel': {
      const made = pick(world.made, one.which)
      if (made) world.cancel(made)
      break
    }
    case 'crash':
      world.crash(one.which)
      break
    case 'restrict':
      world.restrict()
      break
    case 'redefine':
      world.redefine()
      break
    case 'deafen':
      world.signals.deaf = true
      break
    case 'hear':
      world.signals.reconnect()
  }
  await settle()
}

function pick<T>(among: readonly T[], which: number): T | undefined {
  return among[which % among.length]
}

/** Everything under way arrives, and every caller's patience ends. */
async function drain(world: HeldWorld): Promise<void> {
  world.signals.reconnect()
  await settle()
  for (let quiet = 0; quiet < 3; ) {
    quiet = world.gates.size === 0 ? quiet + 1 : 0
    while (world.gates.size > 0) {
      world.gates.open(0)
      await settle()
    }
    if (quiet > 0) vi.advanceTimersByTime(1000)
    await settle()
  }
}

async function endPatience(world: HeldWorld): Promise<void> {
  for (let round = 0; round < 12; round++) {
    vi.advanceTimersByTime(51_000)
    await drain(world)
  }
}

const times = (world: HeldWorld, actionId: string) => world.executed.filter((one) => one === actionId).length

function expectAtMostOnce(world: HeldWorld): void {
  const claimed = world.ofStatus('consumed').map(({ claim }) => claim?.actionId)
  // Each call that is carried out used an approval, and each approval was used at most once.
  expect(new Set(world.executed).size).toBe(world.executed.length)
  for (const actionId of world.executed) expect(claimed).toContain(actionId)
}

/** The claim was heard of, and nobody took the call back: then it was carried out. */
function expectOnceWherePromised(world: HeldWorld): void {
  for (const { claim } of world.ofStatus('consumed')) {
    const made = world.made.find(({ call }) => call.actionId === claim?.actionId)
    if (made === undefined || !made.process.alive || made.caller.gone || made.cancelled) continue
    expect(times(world, made.call.actionId), describe(world, made)).toBe(1)
  }
}

function expectAnswered(world: HeldWorld): void {
  for (const made of world.made) {
    const { caller, process } = made
    if (caller.gone || !process.alive || made.cancelled) continue
    expect(caller.finals.length, describe(world, made)).toBe(1)
  }
  for (const { holds } of world.processes) expect(holds.size).toBe(0)
}

/** A task that says it is done was done; one that is over says so. */
async function expectTruthfulTasks(world: HeldWorld): Promise<void> {
  for (const { taskId, made } of world.tasks) {
    const asked = world.ask('tasks/get', taskId, made.process.alive ? made.process : undefined)
    await drain(world)
    const told = asked.finals[0]?.result as { status?: string; result?: { isError?: boolean } } | undefined
    // Nobody is left to use an approval that the process of the task did not, but whoever repeats the call.
    const over = made.process.alive || world.ofStatus('approved').length === 0
    const statuses = ['completed', 'failed', 'cancelled', ...(over ? [] : ['working'])]
    expect(statuses, describe(world, made)).toContain(told?.status)
    const done = told?.status === 'completed' && told.result?.isError !== true
    if (done) expect(times(world, made.call.actionId)).toBe(1)
  }
}

function describe(world: HeldWorld, { kind, caller, call }: Made): string {
  const { name } = world.made.find((made) => made.caller === caller)?.process ?? { name: '' }
  return `${kind} at ${name}, action ${call.actionId}: ${JSON.stringify(caller.finals)}`
}

/** A repeated call whose approval was never used is carried out, once. */
async function repeatWhatWasApproved(world: HeldWorld): Promise<void> {
  for (const approval of world.ofStatus('approved')) {
    const { n } = approval.arguments as { n: number }
    world.call('stream', n, 0)
    await drain(world)
    const now = world.approvals.all().find(({ approvalId }) => approvalId === approval.approvalId)
    // If the facts that an approval is bound to have changed, nothing is carried out for it.
    const used = now?.claim ? times(world, now.claim.actionId) : 0
    const { policyVersion, toolDigest } = approval.binding
    const same = policyVersion === world.decision.policyVersion && toolDigest === world.toolDigest
    expect(used).toBe(same ? 1 : 0)
  }
}

test('in any order of events, a call is carried out at most once for an approval, and exactly once where that was promised', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const world = new HeldWorld()
      try {
        for (const one of steps) await perform(world, one)
        await drain(world)
        expectAtMostOnce(world)
        expectOnceWherePromised(world)
        await repeatWhatWasApproved(world)
        await endPatience(world)
        for (const { approvalId } of world.ofStatus('pending')) world.approvals.expire(approvalId)
        await drain(world)
        expectAnswered(world)
        await expectTruthfulTasks(world)
        expectAtMostOnce(world)
        expectOnceWherePromised(world)
        expect(world.faults).toEqual([])
      } finally {
        world.stop()
        vi.clearAllTimers()
      }
    }),
    { numRuns: 1000 },
  )
})
