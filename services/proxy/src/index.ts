export { type ProxyConfig, type ProxyProcessConfig, proxyProcessSpec, proxySpec } from './config.ts'
export { type Denial, DenialShape } from './domain/denial-shape.ts'
export { createProxyService, type ProxyDeps, type ProxyService } from './service.ts'
