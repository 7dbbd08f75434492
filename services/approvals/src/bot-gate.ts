import type { Approval, Voter } from '@sallyport/approval'
import type { ControlView } from '@sallyport/control'
import type { SallyportEvent } from '@sallyport/events'
import { BoundedMap } from '@sallyport/runtime'
import { attemptOf, botObjection } from './domain/bot-limits.ts'
import { BotLimited } from './errors.ts'

const MINUTE_MS = 60_000
/** An edit makes as much work for people as an answer. */
const ANSWERS = /^sallyport\.approval\.(?:voted|edited)\./
const MOST_BOTS = 10_000

/** Whose answer it is: the actor of a vote. */
interface Answerer {
  readonly type: string
  readonly name: string
  readonly holderId?: string | undefined
}

/**
 * Lets a bot answer within its limits. They are read when it answers, from the control state as it is then, by whatever way
 * the answer came. Its answers of the last minute are those in the log, so that every process counts the same ones, and
 * those that are under way here.
 */
export class BotGate {
  readonly #control: Pick<ControlView, 'state'>
  readonly #times = new BoundedMap<string, number[]>(MOST_BOTS)
  readonly #underWay = new Map<string, number>()

  constructor(control: Pick<ControlView, 'state'>) {
    this.#control = control
  }

  /** Call it with every event of the log, in order. */
  note(event: SallyportEvent): void {
    if (!ANSWERS.test(event.type)) return
    const { actor } = event.data as { readonly actor: Answerer }
    if (actor.type !== 'bot' || actor.holderId === undefined) return
    const at = Date.parse(event.time)
    const times = this.#times.get(actor.holderId) ?? []
    const over = times.findIndex((time) => time > at - MINUTE_MS)
    times.splice(0, over < 0 ? times.length : over)
    times.push(at)
    this.#times.set(actor.holderId, times)
  }

  /** Does what answers, or throws BotLimited. A person, and a token of its own, has no limits. */
  async within<T>(
    { type, name, holderId }: Answerer,
    approval: Approval | undefined,
    at: Date,
    answer: () => Promise<T>,
    voter?: Voter,
  ): Promise<T> {
    if (type !== 'bot' || holderId === undefined || approval === undefined) return answer()
    const bot = this.#control.state().bots.get(holderId)
    if (bot === undefined) throw new BotLimited(name, 'it is not known any more')
    const objection = botObjection(bot.limits, attemptOf(approval, this.#recent(holderId, at), voter))
    if (objection !== undefined) throw new BotLimited(name, objection)
    this.#underWay.set(holderId, this.#countUnderWay(holderId) + 1)
    try {
      return await answer()
    } finally {
      const left = this.#countUnderWay(holderId) - 1
      if (left > 0) this.#underWay.set(holderId, left)
      else this.#underWay.delete(holderId)
    }
  }

  #recent(botId: string, at: Date): number {
    const since = at.getTime() - MINUTE_MS
    const given = (this.#times.get(botId) ?? []).filter((time) => time > since).length
    return given + this.#countUnderWay(botId)
  }

  #countUnderWay(botId: string): number {
    return this.#underWay.get(botId) ?? 0
  }
}
