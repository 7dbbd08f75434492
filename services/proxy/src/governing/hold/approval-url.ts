/** Where a person answers this approval; null where nobody said where that is. */
export function approvalUrl(
  configured: string | null,
  approvalPage: () => string | null,
  approvalId: string,
): string | null {
  const template = configured ?? approvalPage()
  return template === null ? null : template.replace('{id}', () => encodeURIComponent(approvalId))
}
