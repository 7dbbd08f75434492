import { type DecisionInput, NO_ARGUMENTS } from '../decision-input.ts'

/** The use of a tool that nothing special is known of, but for what is given. */
export function decisionInput(about: Partial<DecisionInput> = {}): DecisionInput {
  const { action = 'mcp.tools.read_file' } = about
  return {
    tenant: 'default',
    gatewayId: 'g-1',
    gateway: 'code-agent',
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
    approvers: [],
    time: Date.parse('2026-11-21T12:00:00.000Z'),
    controlOffset: 0,
    ...about,
  }
}
