export { type ProxyConfig, type ProxyProcessConfig, proxyProcessSpec, proxySpec } from './config.ts'
export { type ProxyEngines, type ProxyProcess, proxyProcess } from './process.ts'
export { createProxyService, type ProxyDeps, type ProxyService } from './service.ts'
