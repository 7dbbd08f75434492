// Original file: sallyport/decision/v1/decision.proto

export const ArgumentsLeftOut = {
  ARGUMENTS_LEFT_OUT_UNSPECIFIED: 0,
  ARGUMENTS_LEFT_OUT_NONE: 1,
  ARGUMENTS_LEFT_OUT_UNREAD: 2,
  ARGUMENTS_LEFT_OUT_TOO_LARGE: 3,
  ARGUMENTS_LEFT_OUT_NOT_JSON: 4,
} as const;

export type ArgumentsLeftOut =
  | 'ARGUMENTS_LEFT_OUT_UNSPECIFIED'
  | 0
  | 'ARGUMENTS_LEFT_OUT_NONE'
  | 1
  | 'ARGUMENTS_LEFT_OUT_UNREAD'
  | 2
  | 'ARGUMENTS_LEFT_OUT_TOO_LARGE'
  | 3
  | 'ARGUMENTS_LEFT_OUT_NOT_JSON'
  | 4

export type ArgumentsLeftOut__Output = typeof ArgumentsLeftOut[keyof typeof ArgumentsLeftOut]
