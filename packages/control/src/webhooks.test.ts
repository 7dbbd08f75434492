import { describe, expect, test } from 'vitest'
import { type ControlEvent, evolve } from './evolve.ts'
import { INITIAL_STATE } from './state.ts'
import { command } from './testing/command.ts'

function after(...events: ControlEvent[]) {
  let state = INITIAL_STATE
  let accepted = true
  for (const event of events) {
    const next = evolve(state, event)
    state = next.state
    accepted = next.outcome.accepted
  }
  return { webhook: state.webhooks.get('ops'), accepted }
}

const add = (id = 'w-1') =>
  command('sallyport.webhook.added.v1', {
    id,
    name: 'ops',
    url: 'https://hooks.example.com/',
    events: ['approval.*'],
    secret: { kind: 'derived' },
  })
const disable = (id = 'w-1') =>
  command('sallyport.webhook.disabled.v1', { id, name: 'ops', reason: 'it answered 410' })
const remove = () => command('sallyport.webhook.removed.v1', { name: 'ops' })

describe('a webhook', () => {
  test('that is added is there, and keeps its name against a second one', () => {
    expect(after(add())).toMatchObject({ accepted: true, webhook: { id: 'w-1', disabled: null } })
    expect(after(add(), add('w-2'))).toMatchObject({ accepted: false, webhook: { id: 'w-1' } })
  })

  test('that is disabled says why, and stays so', () => {
    expect(after(add(), disable()).webhook?.disabled).toMatchObject({ reason: 'it answered 410' })
    expect(after(add(), disable(), disable())).toMatchObject({ accepted: true })
  })

  test('is not disabled by what was meant for the one before it', () => {
    expect(after(add(), remove(), add('w-2'), disable('w-1'))).toMatchObject({
      accepted: false,
      webhook: { id: 'w-2', disabled: null },
    })
  })

  test('gives its name up when it is removed', () => {
    expect(after(add(), remove())).toEqual({ webhook: undefined, accepted: true })
    expect(after(add(), remove(), add('w-2')).webhook?.id).toBe('w-2')
    expect(after(remove()).accepted).toBe(false)
  })
})
