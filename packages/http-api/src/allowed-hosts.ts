import { isLoopback } from '@sallyport/runtime'
import type { FastifyInstance } from 'fastify'
import { HostNotAllowed } from './errors.ts'

/** The names (without port) that the Host header may have; `loopback` stands for all names of this machine itself. */
export type AllowedHosts = 'loopback' | readonly string[]

/** Refuses requests whose Host names another host, so that no web page reaches a loopback API by DNS rebinding. */
export function allowOnlyHosts(server: FastifyInstance, hosts: AllowedHosts): void {
  const isAllowed = hosts === 'loopback' ? isLoopback : isOneOf(hosts)
  server.addHook('onRequest', async (request) => {
    const host = (request.headers.host ?? '').toLowerCase().replace(/:\d{1,5}$/, '')
    if (!isAllowed(host)) throw new HostNotAllowed()
  })
}

function isOneOf(hosts: readonly string[]): (host: string) => boolean {
  const listed = new Set(hosts.map((host) => host.toLowerCase()))
  return (host) => listed.has(host)
}
