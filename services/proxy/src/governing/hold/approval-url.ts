/** The address where a person answers this approval; null when none is configured. */
export function approvalUrl(
  configured: string | null,
  approvalPage: () => string | null,
  approvalId: string,
): string | null {
  const template = configured ?? approvalPage()
  return template === null ? null : template.replace('{id}', () => encodeURIComponent(approvalId))
}
