import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { chanceOf } from './chance.ts'

/** An approval as a voter sees it. */
export interface SeenApproval {
  readonly approvalId: string
  readonly status: string
  readonly gateway: { readonly name: string }
  readonly arguments: { readonly id?: string }
  readonly youMay: { readonly answer: boolean }
}

export interface VoterOptions {
  readonly api: string
  readonly token: string
  /** Which gateways it looks after. */
  readonly gateways: ReadonlySet<string>
  readonly desk: Desk
  readonly signal: AbortSignal
}

const DENIED = 0.08
const IGNORED = 0.5
const READ_EVERY_MS = 500
const VOTE_WITHIN_MS = 10_000
const VOTE_TRIES = 20
const PAUSE_MS = 500

/** What voters know together: which call an approval was for, and whether one of its approvals was used before. */
export class Desk {
  readonly #api: string
  readonly #token: string
  readonly #ignoring: ReadonlySet<string>
  readonly #approvedFor = new Map<string, Set<string>>()

  /** Of the calls of the gateways in `ignoring` half are left unanswered. */
  constructor(api: string, token: string, ignoring: ReadonlySet<string>) {
    this.#api = api
    this.#token = token
    this.#ignoring = ignoring
  }

  /** A call that was carried out already is denied: an agent that lost the answer asks again. */
  async opinionOn({
    approvalId,
    gateway,
    arguments: { id = '' },
  }: SeenApproval): Promise<'approve' | 'deny' | 'none'> {
    if (this.#ignoring.has(gateway.name) && chanceOf(`ignored ${id}`) < IGNORED) return 'none'
    if (chanceOf(`denied ${id}`) < DENIED) return 'deny'
    const earlier = this.#approvedFor.get(id) ?? new Set()
    for (const other of earlier) if (other !== approvalId && (await this.#wasUsed(other))) return 'deny'
    this.#approvedFor.set(id, earlier.add(approvalId))
    return 'approve'
  }

  async #wasUsed(approvalId: string): Promise<boolean> {
    const answer = await askUntilAnswered(`${this.#api}/v1/approvals/${approvalId}`, {
      headers: { authorization: `Bearer ${this.#token}` },
    })
    return answer === undefined || ((await answer.json()) as SeenApproval).status === 'consumed'
  }
}

/** A person who reads the list again and again. */
export async function readAndVote(options: VoterOptions): Promise<void> {
  const { api, token, signal } = options
  const answered = new Set<string>()
  while (!signal.aborted) {
    const page = await fetch(`${api}/v1/approvals?limit=500`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(VOTE_WITHIN_MS),
    })
      .then(async (response) =>
        response.ok ? ((await response.json()) as { items: SeenApproval[] }).items : [],
      )
      .catch(() => [])
    await Promise.all(page.map((approval) => consider(options, answered, approval)))
    await delay(READ_EVERY_MS, undefined, { signal }).catch(() => undefined)
  }
}

/** A bot that follows the stream, and goes on from its last id. */
export async function followAndVote(options: VoterOptions): Promise<void> {
  const { api, token, signal } = options
  const answered = new Set<string>()
  let last = ''
  while (!signal.aborted) {
    try {
      const { body } = await fetch(`${api}/v1/approvals/stream`, {
        headers: { authorization: `Bearer ${token}`, 'last-event-id': last },
        signal,
      })
      let text = ''
      for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const events = `${text}${chunk}`.split('\n\n')
        text = events.pop() ?? ''
        for (const event of events) {
          const [, name, , id, data] = /^event: (.*)\n(id: (.*)\n)?data: (.*)$/.exec(event) ?? []
          if (name === 'approval' && data) void consider(options, answered, JSON.parse(data) as SeenApproval)
          last = id ?? last
        }
      }
    } catch {
      // It comes back with its last id.
    }
    await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined)
  }
}

async function consider(
  { api, token, gateways, desk }: VoterOptions,
  answered: Set<string>,
  approval: SeenApproval,
): Promise<void> {
  const { approvalId, status, gateway, youMay } = approval
  if (status !== 'pending' || !youMay.answer || !gateways.has(gateway.name) || answered.has(approvalId))
    return
  answered.add(approvalId)
  const opinion = await desk.opinionOn(approval)
  if (opinion === 'none') return
  const response = await askUntilAnswered(`${api}/v1/approvals/${approvalId}/${opinion}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() },
  })
  if (response === undefined) answered.delete(approvalId)
}

/** The first answer that is not a fault, with the same request each time; undefined where there was none. */
async function askUntilAnswered(url: string, request: RequestInit): Promise<Response | undefined> {
  for (let nth = 0; nth < VOTE_TRIES; nth += 1) {
    const signal = AbortSignal.timeout(VOTE_WITHIN_MS)
    const response = await fetch(url, { ...request, signal }).catch(() => undefined)
    if (response !== undefined && response.status < 500 && response.status !== 429) return response
    await delay(PAUSE_MS)
  }
  return undefined
}
