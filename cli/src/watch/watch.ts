import type { ApiClient } from '../api-client.ts'
import type { Approval } from '../commands/approval-description.ts'
import type { ShownPart } from '../commands/shown-arguments.ts'
import { asProblem } from '../errors.ts'
import { frameOf } from './frame.ts'
import type { Terminal } from './terminal.ts'
import { WatchedApprovals } from './watched-approvals.ts'

export interface WatchOptions {
  readonly api: ApiClient
  readonly terminal: Terminal
  readonly signal: AbortSignal
}

const KEYS: readonly (readonly [string, string])[] = [
  ['n, p', 'the next call that waits, the one before'],
  ['space, b, arrows', 'reads on, back, line by line; g, G: to the beginning, to the end'],
  ['a', 'approves this exact call, once; only after all of it was on the screen'],
  ['A', 'approves it all the same; what was not on the screen is recorded'],
  ['d', 'denies it, with a reason that the agent is told'],
  ['r', 'shows the masked secrets; that is recorded'],
  ['q', 'ends'],
]

export function keysText(): string {
  return ['Keys:', ...KEYS.map(([key, what]) => `  ${key.padEnd(17)} ${what}`)].join('\n')
}

/** Shows the calls that wait one by one, and answers by keys, until `q` or the signal. Rejects where the stream does. */
export async function watchByKeys({ api, terminal, signal }: WatchOptions): Promise<void> {
  const quit = new AbortController()
  const over = AbortSignal.any([signal, quit.signal])
  const watched = new WatchedApprovals(terminal.size())
  const draw = () => terminal.show(frameOf(watched, terminal.size()))

  /** What a person asked for; a refusal stands on the screen. */
  const act = async (work: () => Promise<void>) => {
    try {
      await work()
    } catch (reason) {
      const { detail, title } = asProblem(reason)
      watched.say(detail ?? title)
    }
    draw()
  }
  let wanted = ''
  const read = async (id: string) => {
    wanted = id
    const approval = await api.get<Approval>(`/v1/approvals/${id}`)
    // Of several that were asked for in haste the last one stays.
    if (wanted === id) watched.open(approval)
  }
  const vote = async (choice: 'approve' | 'deny', id: string, body: object) => {
    watched.say('…')
    draw()
    watched.take(await api.write<Approval>('POST', `/v1/approvals/${id}/${choice}`, body))
    watched.say(choice === 'approve' ? 'your vote counts' : 'denied; the agent is told')
  }
  const reveal = async (id: string) => {
    const { parts } = await api.write<{ parts: readonly ShownPart[] }>('POST', `/v1/approvals/${id}/reveal`, {
      places: [''],
    })
    watched.reveal(id, parts)
  }

  const end = terminal.begin({
    resize() {
      watched.resize(terminal.size())
      draw()
    },
    key(key) {
      const asked = watched.press(key)
      if (asked === undefined) {
        draw()
        return
      }
      switch (asked.do) {
        case 'quit':
          quit.abort()
          return
        case 'read':
          void act(() => read(asked.id))
          break
        case 'reveal':
          void act(() => reveal(asked.id))
          break
        case 'vote':
          void act(() => vote(asked.vote, asked.id, asked.body))
          break
      }
      draw()
    },
  })
  try {
    draw()
    for await (const approval of api.stream<Approval>('/v1/approvals/stream', {}, over)) {
      const asked = watched.take(approval)
      if (asked) await act(() => read(asked.id))
      else draw()
    }
  } finally {
    end()
  }
}
