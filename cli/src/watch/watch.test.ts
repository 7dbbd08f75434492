import { EventEmitter, once } from 'node:events'
import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { ApiClient } from '../api-client.ts'
import type { Approval } from '../commands/approval-description.ts'
import { frameOf } from './frame.ts'
import { terminalOf } from './terminal.ts'
import { watchByKeys } from './watch.ts'
import { WatchedApprovals } from './watched-approvals.ts'
import { wrap } from './wrap.ts'

const SIZE = { columns: 80, rows: 24 }

function approvalOf(id: string, texts: readonly string[] = ['hello'], more: object = {}): Approval {
  const parts = texts.map((text, nth) => ({ place: `/arguments/${nth}`, kind: 'string', text }))
  return {
    approvalId: id,
    callDigest: 'd'.repeat(64),
    status: 'pending',
    gateway: { name: 'code-agent' },
    upstream: 'files',
    action: 'mcp.tools.write_file',
    risk: 'high',
    rule: 'permission mcp.tools.*',
    reasons: [],
    requestedAt: '2026-11-21T09:00:00.000Z',
    expiresAt: '2026-11-21T09:15:00.000Z',
    answeredBy: null,
    answerReason: null,
    usableUntil: null,
    cancellation: null,
    endedAt: null,
    arguments: {},
    whole: true,
    parts,
    youMay: { answer: true, why: null },
    ...more,
  } as unknown as Approval
}

const key = (text: string, name = text) => ({ text, name, ctrl: false })
const press = (watched: WatchedApprovals, ...keys: string[]) =>
  keys.map((one) => watched.press(key(one))).at(-1)
const screen = (watched: WatchedApprovals, size = SIZE) => frameOf(watched, size).join('\n')

function watching(...approvals: Approval[]) {
  const watched = new WatchedApprovals(SIZE)
  for (const approval of approvals) watched.take(approval)
  if (approvals[0]) watched.open(approvals[0])
  return watched
}

describe('a call on the screen', () => {
  test('has its facts and its arguments, and fits into 80 columns', () => {
    const watched = watching(approvalOf('A', ['x'.repeat(200)]))
    const frame = frameOf(watched, SIZE)
    expect(frame).toHaveLength(24)
    expect(frame.every((line) => line.length <= 80)).toBe(true)
    for (const shown of [
      '1 call waits',
      'code-agent: mcp.tools.write_file',
      'high risk',
      'arguments, all of them',
    ])
      expect(frame.join('\n')).toContain(shown)
  })

  test('is approved after a question, with what was not on the screen: nothing', () => {
    const watched = watching(approvalOf('A'))
    screen(watched)
    expect(press(watched, 'a')).toBeUndefined()
    expect(screen(watched)).toContain('Approve this exact call, once?')
    expect(press(watched, 'y')).toEqual({ do: 'vote', vote: 'approve', id: 'A', body: { unseen: [] } })
  })

  test('is not approved by any other key than y', () => {
    const watched = watching(approvalOf('A'))
    screen(watched)
    press(watched, 'a')
    expect(press(watched, 'n')).toBeUndefined()
    expect(screen(watched)).toContain('not approved')
  })

  test('is not approved before all of it was on the screen; the first part that was not is shown', () => {
    const watched = watching(approvalOf('A', ['one', 'line\n'.repeat(100), 'last']))
    screen(watched)
    expect(press(watched, 'a')).toBeUndefined()
    expect(screen(watched)).toContain('not approved: 2 parts were not on the screen yet')
    expect(press(watched, 'y')).toBeUndefined()
    press(watched, 'G')
    screen(watched)
    expect(press(watched, 'a', 'y')).toBeUndefined()
    for (let page = 0; page < 6; page++) {
      screen(watched)
      press(watched, ' ')
    }
    screen(watched)
    expect(press(watched, 'a', 'y')).toMatchObject({ body: { unseen: [] } })
  })

  test('is approved all the same with A, and what was not on the screen is named', () => {
    const watched = watching(approvalOf('A', ['one', 'line\n'.repeat(100), 'last']))
    screen(watched)
    expect(press(watched, 'A', 'y')).toMatchObject({
      vote: 'approve',
      body: { unseen: ['/arguments/1', '/arguments/2'], confirm: true },
    })
  })

  test('of a megabyte is read and answered', () => {
    const watched = watching(approvalOf('A', ['y'.repeat(1024 * 1024)]))
    screen(watched)
    press(watched, 'a')
    expect(screen(watched)).toContain('not approved: 1 part was not on the screen yet')
    press(watched, 'd')
    expect(press(watched, '\r') ?? watched.press(key('', 'return'))).toMatchObject({ vote: 'deny' })
  })

  test('is denied with a reason that is typed', () => {
    const watched = watching(approvalOf('A'))
    press(watched, 'd', ...'not on a Fridax')
    watched.press(key('', 'backspace'))
    press(watched, 'y')
    expect(screen(watched)).toContain('Reason (Enter denies, Esc goes back): not on a Friday_')
    const body = { reason: 'not on a Friday' }
    expect(watched.press(key('', 'return'))).toEqual({ do: 'vote', vote: 'deny', id: 'A', body })
  })

  test('is not denied after Esc', () => {
    const watched = watching(approvalOf('A'))
    press(watched, 'd', 'x')
    watched.press(key('', 'escape'))
    expect(watched.mode).toEqual({ is: 'reading' })
  })

  test('stays on the screen when another one comes or when it is answered elsewhere, and takes no key then', () => {
    const watched = watching(approvalOf('A'))
    watched.take(approvalOf('B'))
    expect(screen(watched)).toContain('1 of 2')
    press(watched, 'a')
    watched.take(approvalOf('A', [], { status: 'denied', answeredBy: 'omar' }))
    expect(press(watched, 'y')).toBeUndefined()
    expect(screen(watched)).toContain('denied')
    expect(press(watched, 'a')).toBeUndefined()
    expect(screen(watched)).toContain('does not wait any more')
    expect(press(watched, 'n')).toEqual({ do: 'read', id: 'B' })
  })

  test('is not answered by somebody whose vote does not count, who is told why', () => {
    const watched = watching(
      approvalOf('A', ['x'], { youMay: { answer: false, why: 'not in group finance' } }),
    )
    screen(watched)
    press(watched, 'a')
    expect(screen(watched)).toContain('your vote does not count: not in group finance')
  })

  test('is denied by somebody of a later stage, who does not approve it yet', () => {
    const youMay = { answer: false, why: 'not in group finance', deny: true }
    const watched = watching(approvalOf('A', ['x'], { youMay }))
    screen(watched)
    press(watched, 'a')
    expect(watched.mode.is).toBe('reading')
    press(watched, 'd')
    expect(watched.mode.is).toBe('denying')
  })

  test('has nothing of an agent that a terminal obeys or that hides', () => {
    const evil = '\u001b]0;owned\u0007\u001b[2J\u202egnp\u200b\r\nApproved'
    const watched = watching(approvalOf('A', [evil], { action: evil, gateway: { name: evil } }))
    watched.say(evil)
    expect(screen(watched)).not.toMatch(/[^\P{C}\n]/u)
  })

  test('is laid out anew when the terminal changes its size; what was read stays read', () => {
    const watched = watching(approvalOf('A', ['x'.repeat(300)]))
    screen(watched)
    const narrow = { columns: 30, rows: 10 }
    watched.resize(narrow)
    const frame = frameOf(watched, narrow)
    expect(frame).toHaveLength(10)
    expect(frame.every((line) => line.length <= 30)).toBe(true)
    press(watched, 'a')
    expect(watched.mode.is).toBe('approving')
  })

  test('shows secrets that were revealed, and then they are to be seen as well', () => {
    const watched = watching(approvalOf('A', ['[redacted:token]']))
    expect(press(watched, 'r')).toEqual({ do: 'reveal', id: 'A' })
    watched.reveal('A', [{ place: '/arguments/0', kind: 'string', text: 'sk-live-1' }])
    expect(screen(watched)).toContain('sk-live-1')
    expect(screen(watched)).toContain('which is recorded')
  })
})

test('wide characters and clusters count as the columns that they take', () => {
  expect(wrap('漢字漢字', 5)).toEqual(['漢字', '漢字'])
  expect(wrap('a👩‍👩‍👧b', 3)).toEqual(['a👩‍👩‍👧', 'b'])
})

describe('on a terminal', () => {
  function fakeTerminal() {
    const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input })
    const output = Object.assign(new EventEmitter(), {
      isTTY: true,
      columns: 80,
      rows: 24,
      written: '',
      write(text: string) {
        output.written += text
        output.emit('written')
        return true
      },
    })
    return { input, output }
  }
  type Streams = Parameters<typeof terminalOf>

  test('keys act on what the stream brings, and the screen is given back at the end', async () => {
    const { input, output } = fakeTerminal()
    const terminal = terminalOf(input as unknown as Streams[0], output as unknown as Streams[1])
    if (!terminal) throw new Error('it is a terminal')
    const votes: unknown[] = []
    const api = {
      get: async () => approvalOf('A'),
      async write(_method: string, path: string, body: unknown) {
        votes.push([path, body])
        return approvalOf('A', [], { status: 'approved' })
      },
      async *stream(_path: string, _query: object, signal: AbortSignal) {
        yield approvalOf('A')
        await once(signal, 'abort')
      },
    } as unknown as ApiClient
    const until = async (text: string) => {
      while (!output.written.includes(text)) await once(output, 'written')
    }
    const ended = watchByKeys({ api, terminal, signal: new AbortController().signal })
    await until('"hello"')
    input.write('a')
    await until('Approve this exact call')
    input.write('y')
    await until('your vote counts')
    expect(votes).toEqual([['/v1/approvals/A/approve', { unseen: [] }]])
    input.write('q')
    await ended
    expect(output.written.endsWith('\u001b[?25h\u001b[?1049l')).toBe(true)
  })

  test.each([
    ['no input', { isTTY: false }, {}],
    ['no output', {}, { isTTY: false }],
  ])('is not taken over where there is none: %s', (_what, inputMore, outputMore) => {
    const { input, output } = fakeTerminal()
    const streams = [Object.assign(input, inputMore), Object.assign(output, outputMore)]
    expect(terminalOf(...(streams as unknown as Streams))).toBeUndefined()
  })
})
