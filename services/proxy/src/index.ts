export { type ProxyConfig, proxySpec } from './config.ts'
export { createProxyService, type ProxyDeps, type ProxyService } from './service.ts'
