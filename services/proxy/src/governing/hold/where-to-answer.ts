/**
 * For the agent that asked: which approval is open, that a person answers it, and on which page. It never says how one
 * is answered from a shell, because the agent may have one.
 */
export function whereToAnswer(approvalId: string, url: string | null): string {
  return `Approval ${approvalId} is open; a person must answer it ${url === null ? 'in Sallyport' : `at ${url}`}.`
}
