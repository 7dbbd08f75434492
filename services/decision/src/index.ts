export { type BootstrapOptions, bootstrapAdmin } from './bootstrap-admin.ts'
export { type DecisionConfig, decisionSpec } from './config.ts'
export * from './service.ts'
