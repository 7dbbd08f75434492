import { type AnyNewEvent, newEvent } from '@sallyport/events'

/** For tests: a small valid event of the control topic (or of actions), recognised by its subject. */
export function sampleEvent(subject: string, options: { key?: string; padding?: number } = {}): AnyNewEvent {
  const { key = 'default', padding = 0 } = options
  return newEvent(
    {
      type: 'sallyport.gateway.added.v1',
      source: '/decision',
      subject,
      tenant: 'default',
      key,
      data: {
        actor: { type: 'person', name: 'dana' },
        idempotencyKey: null,
        id: subject,
        name: 'g'.repeat(padding + 1),
        tokenHash: 'a'.repeat(64),
      },
    },
    new Date('2026-11-21T10:00:00.000Z'),
  )
}
