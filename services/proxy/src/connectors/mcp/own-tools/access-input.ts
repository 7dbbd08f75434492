import { type DecisionInput, riskOf, UNREAD_ARGUMENTS } from '@sallyport/policy'
import { ACCESS_TOOL } from './access-tool.ts'

/** The question whether the agent may ask for access at the upstream of `asked`: then the tool is offered there. */
export function accessInput(asked: DecisionInput): DecisionInput {
  return {
    ...asked,
    action: ACCESS_TOOL,
    recordedAction: ACCESS_TOOL,
    lessSpecific: [],
    risk: riskOf(ACCESS_TOOL),
    arguments: UNREAD_ARGUMENTS,
    findings: [],
    tool: null,
  }
}
