export { type StandaloneConfig, standaloneSpec } from './config.ts'
export { createStandalone } from './standalone.ts'
