export { type BootstrapOptions, bootstrapAdmin } from './bootstrap-admin.ts'
export * from './service.ts'
