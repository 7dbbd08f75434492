import { expect, test } from 'vitest'
import { OpenRequests } from './open-requests.ts'

const line = (message: unknown) =>
  Buffer.from(typeof message === 'string' ? message : JSON.stringify(message))

test('requests wait until they are answered or cancelled, 1 and "1" apart', () => {
  const requests = new OpenRequests()
  expect(requests.asked(line({ id: 1, method: 'ping' }))).toBe(1)
  expect(requests.asked(line({ id: '1', method: 'ping' }))).toBe('1')
  requests.asked(line({ id: 2, method: 'ping' }))
  requests.told(line({ id: 1, result: {} }))
  requests.asked(line({ method: 'notifications/cancelled', params: { requestId: 2 } }))
  expect(requests.takeAll()).toEqual(['1'])
  expect(requests.size).toBe(0)
})

test('a line that is not a request, or not JSON, does not wait for an answer', () => {
  const requests = new OpenRequests()
  for (const said of [
    { method: 'notifications/initialized' },
    { id: 7, result: {} },
    'no JSON',
    '[]',
    'null',
  ])
    expect(requests.asked(line(said))).toBeUndefined()
  requests.asked(line({ id: 1, method: 'ping' }))
  // A request of the server's may have the same id.
  requests.told(line({ id: 1, method: 'roots/list' }))
  expect(requests.size).toBe(1)
})
