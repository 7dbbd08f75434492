import { EVENTS } from '@sallyport/events'
import { expect, test } from 'vitest'
import { readHistory } from '../../packages/events/src/testing/history.ts'
import { isRaw, rowOf } from '../../services/audit/src/testing/expected-row.ts'

const samples = readHistory()
const rows = samples.map((sample, offset) => rowOf({ ...sample, partition: 0, offset, appendedAt: 0 }))
const rowsOf = (type: string) => rows.filter((row) => row['type'] === type)

test('every version that was ever written becomes a row that can be searched, under the type it was written as', () => {
  expect(rows.filter(isRaw)).toEqual([])
  expect(rows.map((row) => row['type'])).toEqual(samples.map(({ headers }) => headers['ce_type']))
  expect(new Set(rows.map((row) => row['type'])).size).toBeGreaterThanOrEqual(Object.keys(EVENTS).length)
})

test('rows say of each action, approval and command what its event said', () => {
  expect(rowsOf('sallyport.action.decided.v1').slice(0, 3)).toMatchObject([
    { action_id: 'act-1', verdict: 'allow', tool: 'read_file', gateway: 'code-agent', upstream: 'files' },
    { action_id: 'act-ap-used', verdict: 'hold', phase: 'initial', approval_id: 'ap-used', risk: 'high' },
    { action_id: 'act-ap-used', verdict: 'allow', phase: 'resumed', answered_by: 'dana' },
  ])
  expect(rowsOf('sallyport.action.completed.v1')[0]).toMatchObject({
    outcome: 'rpc_error',
    error_code: '-32603',
  })
  expect(rowsOf('sallyport.action.aborted.v1')[0]).toMatchObject({ outcome: 'aborted', phase: 'held' })
  expect(rowsOf('sallyport.approval.voted.v1')[0]).toMatchObject({ vote: 'approve', actor: 'dana' })
  expect(rowsOf('sallyport.permission.set.v1')[0]).toMatchObject({ gateway: 'code-agent', actor: 'dana' })
  expect(rowsOf('sallyport.kill_switch.set.v1')[0]).toMatchObject({ actor: 'dana', reason: 'drill' })
})
