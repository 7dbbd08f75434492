// Original file: sallyport/decision/v1/decision.proto

export const Need = {
  NEED_NONE: 0,
  NEED_ARGUMENTS: 1,
  NEED_LISTING: 2,
} as const;

export type Need =
  | 'NEED_NONE'
  | 0
  | 'NEED_ARGUMENTS'
  | 1
  | 'NEED_LISTING'
  | 2

export type Need__Output = typeof Need[keyof typeof Need]
