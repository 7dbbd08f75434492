import { expect, test } from 'vitest'
import type { TimelineItem } from '../api/types.ts'
import { usedServers } from './used-servers.ts'

const action = (upstream: string, at: string) => ({ kind: 'action', upstream, at }) as TimelineItem

test('the servers that an agent called are listed once each, by their last call', () => {
  const record = [
    action('notes', '2026-11-29T12:00:03Z'),
    { kind: 'admin', upstream: 'never-called', at: '2026-11-29T12:00:02Z' } as TimelineItem,
    action('files', '2026-11-29T12:00:01Z'),
    action('notes', '2026-11-29T12:00:00Z'),
  ]
  expect(usedServers(record)).toEqual([
    { name: 'notes', lastAt: '2026-11-29T12:00:03Z', calls: 2 },
    { name: 'files', lastAt: '2026-11-29T12:00:01Z', calls: 1 },
  ])
})
