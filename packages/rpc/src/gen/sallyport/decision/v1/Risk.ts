// Original file: sallyport/decision/v1/decision.proto

export const Risk = {
  RISK_UNSPECIFIED: 0,
  RISK_LOW: 1,
  RISK_MEDIUM: 2,
  RISK_HIGH: 3,
} as const;

export type Risk =
  | 'RISK_UNSPECIFIED'
  | 0
  | 'RISK_LOW'
  | 1
  | 'RISK_MEDIUM'
  | 2
  | 'RISK_HIGH'
  | 3

export type Risk__Output = typeof Risk[keyof typeof Risk]
