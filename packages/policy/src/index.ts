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
export { SpanInvalid, StagesInvalid, TermsInvalid } from './approval/errors.ts'
export { type Approver, type Selectable, selects } from './approval/selects.ts'
export { parseSpan, spanText } from './approval/span.ts'
export {
  ANYONE,
  ONE_OF_ANYONE,
  parseSelectors,
  parseStages,
  type Selector,
  type Stage,
  selectorText,
  stagesText,
} from './approval/stages.ts'
export {
  type ApprovalTerms,
  boundTerms,
  byTermsStrictness,
  parseTerms,
  type TermsText,
  termsText,
} from './approval/terms.ts'
export type { ActionDescription, Connector } from './connectors/connector.ts'
export { HTTP_UNKNOWN_ACTION, HTTP_WEBSOCKET_ACTION, httpAction } from './connectors/http.ts'
export {
  CONNECTORS,
  canMatch,
  canName,
  connectorNaming,
  familiesOf,
  lessSpecificOf,
  otherKindOf,
  readingsOf,
} from './connectors/index.ts'
export { nearest } from './connectors/nearest.ts'
export { hasOtherWildcard } from './connectors/other-wildcards.ts'
export { type Suggestion, suggestPattern } from './connectors/suggest-pattern.ts'
export * from './decision-input.ts'
export { type Evaluation, NO_PERMISSION } from './evaluate-action.ts'
export {
  type ArgumentPattern,
  fitsArguments,
  judgedPlaces,
  misfit,
  parseWhere,
} from './grants/argument-pattern.ts'
export { GrantInvalid, GrantNotPossible, GrantTooLong } from './grants/errors.ts'
export {
  type GrantBounds,
  type GrantedArguments,
  type GrantTerms,
  type GrantText,
  grantText,
  MOST_USES,
  readGrant,
} from './grants/terms.ts'
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
  isShortened,
  LONGEST_URI,
  namedThingIn,
  PROMPTS_LIST_ACTION,
  type PromptUse,
  promptAction,
  RESOURCES_LIST_ACTION,
  type ResourceUse,
  recordedAction,
  resourceAction,
  resourceIn,
  TEMPLATES_LIST_ACTION,
} from './offered-action.ts'
export { ACCESS_REQUEST_ACTION, isOwnAction } from './own-action.ts'
export {
  compilePattern,
  matches,
  type Pattern,
  PatternInvalid,
  parsePattern,
  type Specificity,
  specificity,
} from './pattern.ts'
export { percentDecode, percentEncode } from './percent-encode.ts'
export { type BoundUpstream, BUILTIN_PERMISSIONS, type Permission } from './permission.ts'
export {
  type ActionRequest,
  compilePolicy,
  type GatewayPolicy,
  type Policy,
} from './policy.ts'
export { fullyDecoded } from './readings/decoded-text.ts'
export { type AddressReadings, readAddress } from './readings/read-address.ts'
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
