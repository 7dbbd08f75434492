export * from './errors.ts'
export * from './memory.ts'
export * from './port.ts'
