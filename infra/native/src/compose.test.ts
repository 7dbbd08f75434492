import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

interface Service {
  image?: string
  build?: { context: string; dockerfile: string }
  command?: string[]
  environment?: Record<string, string | number>
  depends_on?: Record<string, { condition: string }>
  healthcheck?: object
  volumes?: string[]
  networks?: string[]
  secrets?: string[]
  ports?: string[]
}
interface Compose {
  services: Record<string, Service>
  volumes: Record<string, unknown>
  networks: Record<string, unknown>
  secrets: Record<string, unknown>
}

const infra = join(import.meta.dirname, '../..')
const repository = join(infra, '..')
const compose = parse(readFileSync(join(infra, 'compose.yaml'), 'utf8'), { merge: true }) as Compose
const services = Object.entries(compose.services)
const ours = services.filter(([, { build }]) => build !== undefined)

it('the fleet is two proxies behind a load balancer, two decisions, approvals, audit and three engines', () => {
  const expected = 'load-balancer proxy-1 proxy-2 decision-1 decision-2 approvals audit kafka nats clickhouse'
  expect(Object.keys(compose.services)).toEqual(expected.split(' '))
  expect(ours).toHaveLength(6)
})

describe.each(ours)('%s', (_, { build, command }) => {
  it('is built from a file that exists and starts a main that exists', () => {
    expect(existsSync(join(infra, build?.context ?? '', build?.dockerfile ?? ''))).toBe(true)
    expect(command).toEqual([expect.stringMatching(/^services\/\w+\/src\/main\.ts$/)])
    expect(existsSync(join(repository, command?.[0] ?? '')), command?.[0]).toBe(true)
  })
})

describe.each(services)('%s', (_, service) => {
  it('waits only for services that are declared and can tell that they are healthy', () => {
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(compose.services, name).toHaveProperty(name)
      if (condition === 'service_healthy') expect(compose.services[name], name).toHaveProperty('healthcheck')
    }
  })

  it('uses only volumes, networks and secrets that are declared, and files that exist', () => {
    for (const source of (service.volumes ?? []).map((volume) => volume.split(':')[0] ?? '')) {
      if (source.startsWith('.')) expect(existsSync(join(infra, source)), source).toBe(true)
      else expect(compose.volumes).toHaveProperty(source)
    }
    for (const network of service.networks ?? ['default']) expect(compose.networks).toHaveProperty(network)
    for (const secret of service.secrets ?? []) expect(compose.secrets).toHaveProperty(secret)
  })

  it('is reached from this machine only', () => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/)
  })

  it('calls only services that are declared', () => {
    for (const host of hostsIn(service.environment ?? {})) expect(compose.services).toHaveProperty(host)
  })
})

it('each proxy keeps late records in a volume of its own', () => {
  const places = ['proxy-1', 'proxy-2'].map((name) => compose.services[name])
  for (const { environment = {}, volumes = [] } of places as Service[])
    expect(environment['SALLYPORT_PROXY_LATE_FILE']).toMatch(`${volumes[0]?.split(':')[1]}/`)
  expect(new Set(places.map((service) => service?.volumes?.[0])).size).toBe(2)
})

it('secrets reach a service as files, never in its environment', () => {
  for (const [, { environment = {}, secrets = [] }] of ours) {
    expect(Object.keys(environment)).not.toContain('SALLYPORT_SECRET_KEY')
    expect(Object.keys(environment)).not.toContain('SALLYPORT_ADMIN_TOKEN')
    for (const value of Object.values(environment)) {
      const file = /^\/run\/secrets\/(.+)$/.exec(String(value))?.[1]
      if (file !== undefined) expect(secrets).toContain(file)
    }
  }
})

it('the load balancer sends to every proxy, decision and API, and to nothing else', () => {
  const config = readFileSync(join(infra, 'compose/haproxy.cfg'), 'utf8')
  const targets = [...config.matchAll(/^ {2}server \S+ ([\w-]+):(\d+)$/gm)].map(([, host]) => host)
  const [whole] = /^backend any\n(?: .*\n)+/m.exec(config) ?? ['']
  const once = [...config.replace(whole, '').matchAll(/^ {2}server \S+ ([\w-]+):(\d+)$/gm)].map(
    ([, host]) => host,
  )
  expect(new Set(targets)).toEqual(new Set(once))
  expect([...new Set(once)].toSorted()).toEqual(ours.map(([name]) => name).toSorted())
  for (const [, name] of config.matchAll(/(?:use_|default_)backend (\S+)/g))
    expect(config).toContain(`\nbackend ${name}\n`)
  expect(config).toMatch(/^ {2}default_backend audit$/m)
  // Every API can show the whole installation.
  expect([...whole.matchAll(/^ {2}server (\S+) /gm)].map(([, name]) => name).toSorted()).toEqual(
    ours
      .map(([name]) => name)
      .filter((name) => !name?.startsWith('proxy'))
      .toSorted(),
  )
})

it('the image installs every workspace it can start', () => {
  const dockerfile = readFileSync(join(infra, 'Dockerfile'), 'utf8')
  const installed = [...dockerfile.matchAll(/-w (\S+)/g)].map(([, workspace]) => workspace)
  const started = new Set(ours.map(([, { command }]) => command?.[0]?.replace('/src/main.ts', '')))
  expect(installed.toSorted()).toEqual([...started].toSorted())
})

/** The hosts of `host:port` lists and of URLs, as our services and the broker are given them. */
function hostsIn(environment: Record<string, string | number>): string[] {
  return (
    Object.entries(environment)
      // Agents, which are not among the services, are told that one.
      .filter(([name]) => name !== 'SALLYPORT_PROXY_URL')
      .filter(([name]) => /_(BROKERS|ADDRESSES|URL|ADVERTISE|ADVERTISED_LISTENERS)$/.test(name))
      .flatMap(([, value]) => String(value).split(','))
      .map((address) => /(?:^|\/\/|@)([\w-]+):\d+/.exec(address)?.[1] ?? `no host in ${address}`)
  )
}
