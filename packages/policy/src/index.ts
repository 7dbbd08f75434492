export {
  actionOf,
  type NamedMessage,
  RESPONSE_ACTION,
  SESSION_DELETE_ACTION,
  STREAM_OPEN_ACTION,
  type Subject,
  TOOLS_LIST_ACTION,
  toolAction,
  UNKNOWN_ACTION,
} from './action.ts'
export type { ActionDescription, Connector } from './connectors/connector.ts'
export { HTTP_UNKNOWN_ACTION, HTTP_WEBSOCKET_ACTION, httpAction } from './connectors/http.ts'
export { CONNECTORS, canMatch, connectorNaming, familiesOf, lessSpecificOf } from './connectors/index.ts'
export * from './decision-input.ts'
export {
  type KillSwitchScope,
  KillSwitchScopeInvalid,
  type KillSwitchState,
  killSwitchBlocks,
  killSwitchScope,
  type StoppedThing,
  stoppedBy,
} from './kill-switch.ts'
export {
  PROMPTS_LIST_ACTION,
  type PromptUse,
  promptAction,
  RESOURCES_LIST_ACTION,
  type ResourceUse,
  resourceAction,
  TEMPLATES_LIST_ACTION,
} from './offered-action.ts'
export {
  compilePattern,
  matches,
  type Pattern,
  PatternInvalid,
  type Specificity,
  specificity,
} from './pattern.ts'
export { type BoundUpstream, BUILTIN_PERMISSIONS, type Permission } from './permission.ts'
export {
  type ActionRequest,
  compilePolicy,
  type Evaluation,
  type GatewayPolicy,
  NO_PERMISSION,
  type Policy,
} from './policy.ts'
export { riskOf, riskOfTool } from './risk.ts'
export {
  JUDGES,
  type Judge,
  judgeByPermissions,
  type Need,
  type PermissionQuestion,
  type PermissionVerdict,
  type Verdict,
} from './verdict.ts'
export * from './words.ts'
