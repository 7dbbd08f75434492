import { type DecisionInput, NO_ARGUMENTS } from '@sallyport/policy'

/** A question about a tool of the upstream `files` that the catalog is not asked about. */
export function question(about: Partial<DecisionInput>): DecisionInput {
  return {
    tenant: 'default',
    gatewayId: '',
    gateway: 'code-agent',
    gatewayCredential: null,
    connector: 'mcp',
    upstream: 'files',
    upstreamDigest: null,
    action: 'mcp.tools.read_file',
    recordedAction: about.action ?? 'mcp.tools.read_file',
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
    time: Date.parse('2026-11-21T12:00:00.000Z'),
    controlOffset: 0,
    ...about,
  }
}
