import type { FastifyInstance } from 'fastify'
import { HostNotAllowed } from './errors.ts'

/** The names by which a browser on the same machine may call this server. Any other is a rebound name. */
export const LOOPBACK_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

/** Refuses requests whose Host names another host, so that no web page reaches a loopback API by DNS rebinding. */
export function allowOnlyHosts(server: FastifyInstance, hosts: readonly string[]): void {
  const allowed = new Set(hosts.map((host) => host.toLowerCase()))
  server.addHook('onRequest', async (request) => {
    const host = (request.headers.host ?? '').toLowerCase().replace(/:\d{1,5}$/, '')
    if (!allowed.has(host)) throw new HostNotAllowed()
  })
}
