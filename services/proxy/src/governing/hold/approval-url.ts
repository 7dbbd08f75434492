import type { ProxyParts } from '../../connectors/mcp/exchange/parts.ts'

/** Where a person answers this approval; null where nobody said where that is. */
export function approvalUrl(
  { config, approvalPage }: Pick<ProxyParts, 'config' | 'approvalPage'>,
  approvalId: string,
): string | null {
  const template = config.hold.approvalUrl ?? approvalPage()
  return template === null ? null : template.replace('{id}', () => encodeURIComponent(approvalId))
}
