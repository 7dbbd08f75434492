export * from './address.ts'
export * from './event-patterns.ts'
export * from './message.ts'
export * from './secret.ts'
