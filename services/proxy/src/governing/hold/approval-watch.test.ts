import type { ApprovalState, ApprovalsPoint } from '@sallyport/rpc'
import { approvalSubject } from '@sallyport/signals'
import { expect, test } from 'vitest'
import { LocalSignals } from '../../testing/local-signals.ts'
import { ApprovalWatch } from './approval-watch.ts'

const PENDING = { approvalId: 'a', status: 'pending' } as ApprovalState

test('a flood of signals makes it read once more and not once for each', async () => {
  const signals = new LocalSignals()
  const readings: ((states: ApprovalState[]) => void)[] = []
  const getApprovals = () => new Promise<ApprovalState[]>((resolve) => void readings.push(resolve))
  const approvals = { getApprovals } as unknown as ApprovalsPoint
  const watch = new ApprovalWatch({ approvals, signals, pollMs: 1_000_000 })
  const answered = Promise.withResolvers<ApprovalState>()
  const unwatch = watch.watch('a', answered.resolve)
  await Promise.resolve()
  expect(readings.length).toBe(1)

  for (let n = 0; n < 1000; n++) signals.send(approvalSubject('a'))
  expect(readings.length).toBe(2)
  for (const read of readings.splice(0)) read([PENDING])
  while (readings.length === 0) await Promise.resolve()
  expect(readings.length).toBe(1)

  readings[0]?.([{ ...PENDING, status: 'approved' }])
  expect((await answered.promise).status).toBe('approved')
  unwatch()
})
