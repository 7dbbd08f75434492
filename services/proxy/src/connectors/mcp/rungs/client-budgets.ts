import type { Client } from '../../../domain/action.ts'

/** How long a client waits for an answer, and whether progress makes it wait on. */
interface Patience {
  readonly ms: number
  readonly resetByProgress: boolean
}

/** Twenty seconds under five minutes: the answer has to arrive before the client gives up. */
const FIVE_MINUTES: Patience = { ms: 280_000, resetByProgress: false }

/**
 * Clients of the revisions with a handshake whose patience was measured or is documented, by `clientInfo.name`. A
 * client that is not listed may give up after 60 seconds. Every official TypeScript SDK does so by default, and so do
 * Codex, Copilot CLI and Claude Desktop.
 */
const KNOWN: Readonly<Record<string, Patience>> = {
  // 300 s without a sign of life, each progress notification counts as one.
  'claude-code': { ms: 280_000, resetByProgress: true },
  'Visual Studio Code': FIVE_MINUTES,
  'Visual Studio Code - Insiders': FIVE_MINUTES,
  'Visual-Studio-Code': FIVE_MINUTES,
  Cursor: FIVE_MINUTES,
  'cursor-vscode': FIVE_MINUTES,
  // The name that the Python SDK gives when its host sets none. It waits 300 s for the stream to say something.
  mcp: FIVE_MINUTES,
}

export interface Budgets {
  readonly budgetMs: number
  readonly progressBudgetMs: number
  readonly clientBudgets: ReadonlyMap<string, number>
}

/** How long this client may be kept on an open stream before it has to get an answer. */
export function streamBudget(client: Client | null, takesProgress: boolean, budgets: Budgets): number {
  const name = client?.name ?? ''
  const configured = budgets.clientBudgets.get(name)
  if (configured !== undefined) return configured
  const known = Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined
  if (known === undefined) return budgets.budgetMs
  if (known.resetByProgress && takesProgress) return Math.max(known.ms, budgets.progressBudgetMs)
  return known.ms
}
