export { botNamed } from './bots.ts'
export * from './catalog/catalog.ts'
export * from './catalog/diff.ts'
export { type Listed, type RefusedListing, type Sighting, withSighting } from './catalog/observed.ts'
export { addressDigest } from './catalog/restricted.ts'
export { controlHealth } from './control-health.ts'
export { type ControlViewOptions, type RunningControlView, startControlView } from './control-view.ts'
export type { Effect } from './effects.ts'
export * from './errors.ts'
export { type ControlEvent, type ControlEventType, evolve } from './evolve.ts'
export {
  type ActionScope,
  compileGuardrails,
  type Guardrail,
  type Objection,
  RULE_FAILED,
} from './judgement/guardrails.ts'
export { type GuardrailsOf, guardrailsInForce } from './judgement/guardrails-in-force.ts'
export { judge, permissionsAbout } from './judgement/judge.ts'
export { endedApprover } from './judgement/judge-approvers.ts'
export { refusedReason } from './judgement/judge-catalog.ts'
export { recordedInput } from './judgement/recorded-input.ts'
export { type Ruling, rulings } from './judgement/ruling.ts'
export { personDigest, personNamed, personOfIdentity } from './persons.ts'
export { type Reach, type Standing, standingOf } from './standing.ts'
export * from './state.ts'
export { type ControlSubmitterOptions, type SubmitControl, submitControl } from './submit-control.ts'
export type { Transition } from './transition.ts'
export { upstreamDigest } from './upstream-digest.ts'
