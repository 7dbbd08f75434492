import type { DecisionInput } from '@sallyport/policy'
import { decisionInput } from '@sallyport/policy/testing'

/** A question about a tool of the upstream `files` that the catalog is not asked about. */
export function question(about: Partial<DecisionInput>): DecisionInput {
  return decisionInput({ gatewayId: '', ...about })
}
