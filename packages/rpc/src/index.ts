export * from './approvals.ts'
export * from './decision.ts'
