import type { KeyObject } from 'node:crypto'
import { type ActionVerdict, denial, refusalVerdict } from '../../domain/verdict.ts'
import type { Governor } from '../../governing/governor.ts'
import type { Answer } from './answers/answer.ts'
import { BatchAnswer } from './batch/batch-answer.ts'
import type { McpExchange } from './exchange/mcp-exchange.ts'
import { newExchange } from './exchange/new-exchange.ts'
import { answersNothing } from './exchange/phases.ts'
import type { PassedHeaders } from './forwarding/upstream-headers.ts'
import type { McpCall } from './message/call.ts'
import { answeredId } from './rewrite/map-ids.ts'
import { resumeRound } from './rounds/resume-round.ts'
import type { SealingRounds } from './rounds/sealed-state.ts'
import { statelessRefusal } from './stateless/mirrored-headers.ts'
import { answerTaskCall, type TaskCalls } from './tasks/task-calls.ts'

export interface McpWayNeeds extends TaskCalls, SealingRounds {
  readonly governor: Governor<McpExchange>
  readonly digestKey: KeyObject
}

/** Where MCP messages begin their way, whichever face they came through. */
export class McpWay {
  readonly #needs: McpWayNeeds

  constructor(needs: McpWayNeeds) {
    this.#needs = needs
  }

  /** One message. `answer` is told what comes of it. */
  take(call: McpCall, answer: Answer, passed: PassedHeaders): Promise<void> {
    return this.#enter(newExchange(this.#needs, call, answer, passed))
  }

  /**
   * A batch: each of its calls is judged, and one that is refused or would have to wait for a person refuses all. Each
   * is recorded and forwarded as its own action. The upstream never sees the batch. JSON-RPC 2.0 (section 6) promises
   * no order in a batch.
   */
  async takeBatch(calls: readonly McpCall[], agent: Answer, passed: PassedHeaders): Promise<void> {
    const batch = new BatchAnswer(agent)
    const exchanges = calls.map((call) => newExchange(this.#needs, call, batch.part(call), passed))
    const judged = await Promise.all(exchanges.map((exchange) => this.#judge(exchange)))
    const oneRefused = judged.some(({ outcome }) => outcome !== 'allow')
    const verdicts = oneRefused ? judged.map(refused) : judged
    await Promise.all(exchanges.map((exchange, i) => this.#needs.governor.govern(exchange, verdicts[i])))
  }

  /**
   * A message that the revision forbids is refused without a decision. A message about a task of ours is answered here.
   */
  async #enter(arrived: McpExchange): Promise<void> {
    const { governor, tasks } = this.#needs
    const { call, passed } = arrived
    const refusal = call.era === 'stateless' ? statelessRefusal(call.message, passed.mirrored) : undefined
    if (refusal !== undefined) return governor.refuse(arrived, refusalVerdict(refusal))
    const asked =
      tasks.named(call) === undefined
        ? arrived
        : await answerTaskCall(this.#needs, arrived, (next) => this.#enter(next))
    if (asked === null) return
    const resumed = resumeRound(this.#needs, asked)
    if ('code' in resumed) return governor.refuse(asked, refusalVerdict(resumed))
    await governor.govern(resumed)
  }

  /**
   * A response that answers no request is refused here already: later it would be refused without the rest of its
   * batch.
   */
  async #judge(exchange: McpExchange): Promise<ActionVerdict> {
    const { call } = exchange
    if (call.kind === 'response' && answeredId(this.#needs, call) === undefined) return answersNothing()
    return this.#needs.governor.decider.decide(exchange)
  }
}

function refused(decision: ActionVerdict): ActionVerdict {
  if (decision.outcome === 'deny') return decision
  const isHeld = decision.outcome === 'hold'
  const reason = isHeld
    ? 'it needs a person, and a call in a batch cannot wait for one'
    : 'another call of its batch was refused'
  return denial('protocol', isHeld ? decision.rule : 'batch', reason, decision)
}
