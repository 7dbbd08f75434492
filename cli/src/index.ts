export { type ApiClient, apiClient, type Page } from './api-client.ts'
export { filesystemServer } from './demo/filesystem-server.ts'
export { bridgeStdio, type StdioBridge } from './demo/stdio-bridge.ts'
export { ApiProblem } from './errors.ts'
