export * from './errors.ts'
export type { Terms } from './intents.ts'
export { type Scheduler, systemScheduler } from './scheduler.ts'
export * from './service.ts'
