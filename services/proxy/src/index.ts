export { type ProxyConfig, type ProxyProcessConfig, proxyProcessSpec, proxySpec } from './config.ts'
export { createProxyService, type ProxyDeps, type ProxyService } from './service.ts'
