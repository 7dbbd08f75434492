import type { ActionVerdict } from '../../domain/verdict.ts'

/**
 * For the agent that asked: which approval is open, that a person answers it, and on which page. It never says how one
 * is answered from a shell, because the agent may have one.
 */
export function whereToAnswer(approvalId: string, url: string | null): string {
  return `Approval ${approvalId} is open; a person must answer it ${url === null ? 'in Sallyport' : `at ${url}`}.`
}

/** That nobody can let it through, where that is so. */
export function nobodyText({ unanswerable }: Pick<ActionVerdict, 'unanswerable'>): string | undefined {
  if (unanswerable === undefined) return undefined
  return `But nobody can answer it as things are: ${unanswerable}. Trying again does not help until an administrator of Sallyport has changed that.`
}
