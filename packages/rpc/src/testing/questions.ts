import type { DecideRequest, Decision } from '../decision.ts'

export const TOKEN = 'made-up internal bearer'
export const ANY_PORT = { host: '127.0.0.1', port: 0 }

export function question(action = 'mcp.tools.read_file', gateway = 'code-agent'): DecideRequest {
  return { tenant: 'default', gatewayId: 'g-1', gateway, connector: 'mcp', upstream: 'files', action }
}

export const ALLOW: Decision = {
  outcome: 'allow',
  rule: 'permission mcp.tools.read_*',
  reasons: ['permission mcp.tools.read_* (gateway code-agent, connector mcp) allows this action'],
  risk: 'low',
  policyVersion: 'p-0123456789abcdef',
  fault: null,
}
