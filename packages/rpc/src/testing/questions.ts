import { ANYONE, type ApprovalTerms, type DecisionInput, parseTerms, type Verdict } from '@sallyport/policy'
import { decisionInput } from '@sallyport/policy/testing'

export const TOKEN = 'made-up internal bearer'
export const ANY_PORT = { host: '127.0.0.1', port: 0 }

export function question(action = 'mcp.tools.read_file', gateway = 'code-agent'): DecisionInput {
  return decisionInput({ action, gateway, time: 1_795_000_000_000 })
}

/** Everything that can be said. */
export const WHOLE_QUESTION: DecisionInput = {
  ...question('mcp.resources.a%3A%C3%BC'),
  recordedAction: 'mcp.resources.$0',
  gatewayCredential: '0123456789abcdef',
  upstreamDigest: 'a'.repeat(64),
  lessSpecific: ['mcp.tools.call', 'mcp.tools'],
  risk: 'high',
  arguments: { text: '{"path":"ü"}' },
  tool: { kind: 'tool', key: 'ü', definition: 'b'.repeat(64), listed: true },
  session: '0123456789abcdef',
  client: { name: 'sdk', version: '1' },
  revision: '2025-11-25',
  findings: [{ kind: 'token', rule: 'github-pat', place: '/path', severity: 'high' }],
  approvers: [{ tokenId: 't-1', personId: 'p-1', botId: null, as: ANYONE }],
  controlOffset: 7,
}

export const ALLOW: Verdict = {
  outcome: 'allow',
  by: 'permissions',
  rule: 'permission mcp.tools.read_*',
  reasons: ['permission mcp.tools.read_* (gateway code-agent, connector mcp) allows this action'],
  risk: 'low',
  policyVersion: 'p-0123456789abcdef',
  fault: null,
  needs: null,
  readsArguments: false,
  catalog: null,
  controlOffset: 3,
}

export const TERMS: ApprovalTerms = {
  ...parseTerms({
    stages: '2 of group:finance then 1 of role:owner or anyone',
    answerWithin: '15m',
    escalateAfter: '10m',
    escalateTo: 'person:dana',
  }),
  fallback: [{ kind: 'person', name: 'dana', id: 'p-1' }],
}
