import { afterEach, describe, expect, test, vi } from 'vitest'
import { shownMoment, shownTime } from './shown-time.ts'

afterEach(() => vi.unstubAllEnvs())

describe('an instant is shown in the time zone of the machine, with its offset', () => {
  test.each([
    ['UTC', '2026-11-21 23:45:01+00:00'],
    ['Europe/Berlin', '2026-11-22 00:45:01+01:00'],
    ['America/St_Johns', '2026-11-21 20:15:01-03:30'],
    ['Asia/Kathmandu', '2026-11-22 05:30:01+05:45'],
  ])('%s', (zone, text) => {
    vi.stubEnv('TZ', zone)
    expect(shownTime('2026-11-21T23:45:01.250Z')).toBe(text)
    expect(new Date(shownMoment('2026-11-21T23:45:01.250Z')).toISOString()).toBe('2026-11-21T23:45:01.250Z')
  })
})

test('what is not an instant stays as it is', () => {
  expect(shownTime('never')).toBe('never')
})
