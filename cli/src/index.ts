export { filesystemServer } from './demo/filesystem-server.ts'
export { bridgeStdio, type StdioBridge } from './demo/stdio-bridge.ts'
