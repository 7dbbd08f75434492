export * from './errors.ts'
export * from './process-group.ts'
export * from './stdio-server.ts'
export * from './watchdog.ts'
