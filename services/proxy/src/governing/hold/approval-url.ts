import { approvalAddress } from '@sallyport/runtime'

/** The address where a person answers this approval; null when none is configured. */
export function approvalUrl(
  configured: string | null,
  approvalPage: () => string | null,
  approvalId: string,
): string | null {
  return approvalAddress(configured ?? approvalPage(), approvalId)
}
