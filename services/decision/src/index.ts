export { type BootstrapOptions, bootstrapAdmin } from './bootstrap-admin.ts'
export { type DecisionConfig, decisionSpec } from './config.ts'
export * from './service.ts'
export { type SignInConfig, signInSpec } from './sign-in/config.ts'
