import { type AnyNewEvent, newEvent } from '@sallyport/events'
import { describe, expect, test } from 'vitest'
import { SessionSoFar } from './session-so-far.ts'

const AT = new Date('2026-11-21T09:00:00.000Z')
const gateway = { id: 'g-1', name: 'code-agent' }

/** Of an event only the members that are read here. */
function recorded(type: 'decided' | 'completed' | 'aborted', data: object): AnyNewEvent {
  const facts = {
    gateway,
    session: 's-1',
    upstream: 'files',
    action: 'mcp.tools.read_file',
    verdict: 'allow',
  }
  const draft = { source: '/proxy', subject: 'a', tenant: 'default', key: 'default/code-agent' }
  return newEvent({ type: `sallyport.action.${type}.v1`, ...draft, data: { ...facts, ...data } } as never, AT)
}
const call = (actionId: string, label: string | null = 's-1', id = 'g-1') =>
  ({ actionId, gateway: { id }, session: label === null ? null : { label } }) as never

function sessionOf(count: number): SessionSoFar {
  const soFar = new SessionSoFar()
  for (let at = 1; at <= count; at++) soFar.note(recorded('decided', { actionId: `a-${at}` }))
  return soFar
}

describe('the session so far', () => {
  test('leaves out what clients say for the sake of the protocol, and nothing else', () => {
    const soFar = sessionOf(1)
    for (const name of ['initialize', 'ping', 'notifications_initialized', 'acme_wipe'])
      soFar.note(recorded('decided', { actionId: name, action: `mcp.rpc.${name}` }))
    expect(soFar.before(call('a-2')).actions.map(({ actionId }) => actionId)).toEqual(['a-1', 'acme_wipe'])
  })

  test('is what came before in the same session of the same agent, with its outcome', () => {
    const soFar = new SessionSoFar()
    soFar.note(recorded('decided', { actionId: 'a-1' }))
    soFar.note(recorded('completed', { actionId: 'a-1', outcome: 'tool_error' }))
    soFar.note(recorded('decided', { actionId: 'a-2', verdict: 'deny', action: 'mcp.tools.drop' }))
    soFar.note(recorded('decided', { actionId: 'b-1', session: 's-2' }))
    soFar.note(recorded('decided', { actionId: 'c-1', gateway: { id: 'g-2', name: 'other' } }))
    soFar.note(recorded('decided', { actionId: 'a-3', verdict: 'hold' }))
    const at = AT.toISOString()
    expect(soFar.before(call('a-3'))).toEqual({
      actions: [
        {
          ...{ actionId: 'a-1', at, upstream: 'files', action: 'mcp.tools.read_file' },
          ...{ verdict: 'allow', outcome: 'tool_error' },
        },
        {
          ...{ actionId: 'a-2', at, upstream: 'files', action: 'mcp.tools.drop' },
          ...{ verdict: 'deny', outcome: null },
        },
      ],
      more: 0,
    })
    expect(soFar.before(call('x', 's-3'))).toEqual({ actions: [], more: 0 })
    expect(soFar.before(call('x', null))).toEqual({ actions: [], more: 0 })
  })

  test('tells a held call once, with what became of it', () => {
    const soFar = new SessionSoFar()
    soFar.note(recorded('decided', { actionId: 'a-1', verdict: 'hold' }))
    soFar.note(recorded('decided', { actionId: 'a-1', verdict: 'allow' }))
    soFar.note(recorded('completed', { actionId: 'a-1', outcome: 'ok' }))
    soFar.note(recorded('decided', { actionId: 'a-2', verdict: 'hold' }))
    soFar.note(recorded('aborted', { actionId: 'a-2' }))
    const told = soFar.before(call('a-3')).actions.map(({ verdict, outcome }) => [verdict, outcome])
    expect(told).toEqual([
      ['allow', 'ok'],
      ['hold', 'aborted'],
    ])
  })

  test('is the last ten, and says how many more there were', () => {
    const { actions, more } = sessionOf(25).before(call('a-25'))
    expect([actions.length, actions[0]?.actionId, actions.at(-1)?.actionId, more]).toEqual([
      10,
      'a-15',
      'a-24',
      14,
    ])
    expect(sessionOf(25).before(call('another'))).toMatchObject({ more: 15 })
  })

  test('is forgotten of the session that was quiet longest, so that a flood of them costs no more', () => {
    const soFar = new SessionSoFar()
    for (let at = 0; at < 5000; at++)
      soFar.note(recorded('decided', { actionId: `a-${at}`, session: `s-${at}` }))
    expect(soFar.size).toBe(2000)
    expect(soFar.before(call('x', 's-0')).actions).toEqual([])
    expect(soFar.before(call('x', 's-4999')).actions.length).toBe(1)
  })

  test('what was told does not change when the session goes on', () => {
    const soFar = new SessionSoFar()
    soFar.note(recorded('decided', { actionId: 'a-1' }))
    const told = soFar.before(call('a-2'))
    soFar.note(recorded('completed', { actionId: 'a-1', outcome: 'ok' }))
    expect(told.actions[0]?.outcome).toBeNull()
  })
})
