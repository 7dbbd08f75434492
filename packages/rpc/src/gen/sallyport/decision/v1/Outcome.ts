// Original file: sallyport/decision/v1/decision.proto

export const Outcome = {
  OUTCOME_UNSPECIFIED: 0,
  OUTCOME_ALLOW: 1,
  OUTCOME_DENY: 2,
  OUTCOME_HOLD: 3,
  OUTCOME_HOLD_BY_TERMS: 4,
} as const;

export type Outcome =
  | 'OUTCOME_UNSPECIFIED'
  | 0
  | 'OUTCOME_ALLOW'
  | 1
  | 'OUTCOME_DENY'
  | 2
  | 'OUTCOME_HOLD'
  | 3
  | 'OUTCOME_HOLD_BY_TERMS'
  | 4

export type Outcome__Output = typeof Outcome[keyof typeof Outcome]
