import type { DecideRequest, Decision, DecisionPoint, Outcome } from '@sallyport/rpc'

const LISTS = new Set([
  'mcp.tools.list',
  'mcp.prompts.list',
  'mcp.resources.list',
  'mcp.resources.templates_list',
])

/** Decides by a table of action names; what is not in it is allowed when it is handshake or discovery, else denied. */
export class FixedDecision implements DecisionPoint {
  readonly outcomes = new Map<string, Outcome>()
  readonly asked: DecideRequest[] = []
  policyVersion = 'p-1'
  failure: Error | undefined
  /** For actions that are not in the table. */
  fallback: Outcome = 'deny'

  decide(request: DecideRequest): Decision {
    this.asked.push(request)
    if (this.failure) throw this.failure
    const { action } = request
    const isProtocol = action.startsWith('mcp.rpc.') && action !== 'mcp.rpc.unknown'
    const outcome = this.outcomes.get(action) ?? (isProtocol || LISTS.has(action) ? 'allow' : this.fallback)
    const rule = this.outcomes.has(action) ? `permission ${action}` : 'no permission'
    const reasons = [`${rule} means ${outcome}`]
    return { outcome, rule, reasons, risk: 'medium', policyVersion: this.policyVersion, fault: null }
  }
}
