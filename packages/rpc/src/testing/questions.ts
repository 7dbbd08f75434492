import { type DecisionInput, NO_ARGUMENTS, type Verdict } from '@sallyport/policy'

export const TOKEN = 'made-up internal bearer'
export const ANY_PORT = { host: '127.0.0.1', port: 0 }

export function question(action = 'mcp.tools.read_file', gateway = 'code-agent'): DecisionInput {
  return {
    tenant: 'default',
    gatewayId: 'g-1',
    gateway,
    gatewayCredential: null,
    connector: 'mcp',
    upstream: 'files',
    upstreamDigest: null,
    action,
    recordedAction: action,
    lessSpecific: [],
    risk: 'low',
    arguments: NO_ARGUMENTS,
    tool: null,
    session: null,
    client: null,
    revision: null,
    transport: 'http',
    findings: [],
    approvedBy: null,
    time: 1_795_000_000_000,
    controlOffset: 0,
  }
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
  approvedBy: 't-1',
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
