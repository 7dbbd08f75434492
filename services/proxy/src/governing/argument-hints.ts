import type { DecisionInput, Verdict } from '@sallyport/policy'
import { BoundedMap } from '@sallyport/runtime'

type Asked = Pick<DecisionInput, 'gateway' | 'upstream' | 'action'>

const MOST = 10_000
const LONGEST_ACTION = 512

/**
 * Of which actions the decision service has last said that a rule reads their arguments. These are sent along at once,
 * so that such a rule does not cost a second question each time. A hint that is not true any more costs a question or
 * some bytes, and changes no verdict.
 */
export class ArgumentHints {
  readonly #read = new BoundedMap<string, true>(MOST)

  has(asked: Asked): boolean {
    return this.#read.size > 0 && this.#read.has(keyOf(asked))
  }

  learn(asked: Asked, { readsArguments, fault }: Pick<Verdict, 'readsArguments' | 'fault'>): void {
    // A fault says nothing of the rules.
    if (fault !== null || asked.action.length > LONGEST_ACTION) return
    if (readsArguments) this.#read.set(keyOf(asked), true)
    else if (this.#read.size > 0) this.#read.delete(keyOf(asked))
  }
}

/** No name has a line feed in it. */
function keyOf({ gateway, upstream, action }: Asked): string {
  return `${gateway}\n${upstream}\n${action}`
}
