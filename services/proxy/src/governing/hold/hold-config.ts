import { approvalUrlVariable, type Variable, variables } from '@sallyport/runtime'

/** How callers are kept while a person is asked; docs/holds.md says which of it is for whom. */
export const holdSpec = {
  budgetMs: variables.integer(
    'SALLYPORT_HOLD_BUDGET_MS',
    'How long a call waits for a person before its caller is told to call again',
    { fallback: '50000', min: 1 },
  ),
  progressBudgetMs: variables.integer(
    'SALLYPORT_HOLD_PROGRESS_BUDGET_MS',
    'The same for clients that asked for progress and are known to wait while they see it',
    { fallback: '900000', min: 1 },
  ),
  clientBudgets: clientBudgets(
    'SALLYPORT_HOLD_CLIENT_BUDGETS',
    'The same for clients by the name they give themselves: `my-agent=600000,other=120000`',
  ),
  roundMs: variables.integer(
    'SALLYPORT_HOLD_ROUND_MS',
    'How long one round lasts, for clients of 2026-07-28 that are asked to call again by themselves',
    { fallback: '50000', min: 1 },
  ),
  maxRounds: variables.integer(
    'SALLYPORT_HOLD_ROUNDS',
    'How many rounds there are; official SDKs give up after the tenth',
    { fallback: '9', min: 0, max: 10 },
  ),
  commentMs: variables.integer('SALLYPORT_HOLD_COMMENT_MS', 'How often a waiting stream gets a comment', {
    fallback: '10000',
    min: 1,
  }),
  progressMs: variables.integer('SALLYPORT_HOLD_PROGRESS_MS', 'How often a waiting caller gets progress', {
    fallback: '5000',
    min: 1,
  }),
  pollMs: variables.integer('SALLYPORT_HOLD_POLL_MS', 'How often open approvals are read again', {
    fallback: '1000',
    min: 1,
  }),
  maxPerGateway: variables.integer('SALLYPORT_HOLD_MAX', 'How many calls of one gateway may wait at once', {
    fallback: '100',
    min: 1,
  }),
  taskTtlMs: variables.integer(
    'SALLYPORT_HOLD_TASK_TTL_MS',
    'How long a held call that became a task, and its result, can be asked for',
    { fallback: '3600000', min: 1000 },
  ),
  taskPollMs: variables.integer(
    'SALLYPORT_HOLD_TASK_POLL_MS',
    'How often clients are told to ask for the state of such a task',
    { fallback: '2000', min: 1 },
  ),
  taskBytes: variables.integer(
    'SALLYPORT_HOLD_TASK_BYTES',
    'How much of calls and results all tasks may keep in memory; beyond it callers are kept another way',
    { fallback: String(256 * 1024 * 1024), min: 0 },
  ),
  approvalUrl: approvalUrlVariable,
} as const

function clientBudgets(name: string, describe: string): Variable<ReadonlyMap<string, number>> {
  const parse = (text: string) => {
    const entries = text
      .split(',')
      .filter((entry) => entry.trim() !== '')
      .map((entry) => /^\s*([^=]+?)\s*=\s*(\d{1,9})\s*$/.exec(entry) ?? [])
    if (entries.some(({ length }) => length === 0)) throw new Error('must be name=milliseconds, …')
    return new Map(entries.map(([, client = '', ms]) => [client, Number(ms)]))
  }
  return { name, describe, fallback: '', parse }
}
