import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ListenAddress } from '@sallyport/runtime'
import { afterEach, expect, test } from 'vitest'
import { Addresses, type Face } from './addresses.ts'

const servers: Server[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
})

const emptyFolder = () => mkdtempSync(join(tmpdir(), 'sallyport-addresses-'))
const NOTHING = { proxy: null, api: null } as const
const at = (port: number): ListenAddress => ({ host: '127.0.0.1', port })
const FREE: Record<Face, ListenAddress> = { proxy: at(0), api: at(0) }

function addresses(folder: string, asked: Record<Face, ListenAddress | null> = NOTHING, hosted = false) {
  return new Addresses({ folder, asked, hosted })
}

async function started(...args: Parameters<typeof addresses>) {
  const those = addresses(...args)
  const chosen = await those.choose()
  those.keep(chosen)
  return chosen
}

async function take({ host, port }: ListenAddress): Promise<void> {
  const server = createServer()
  servers.push(server)
  await new Promise<void>((resolve) => server.listen({ host, port }, resolve))
}

test('an address that is chosen stays, with and without the variable', async () => {
  const folder = emptyFolder()
  const first = await started(folder, FREE)
  expect(await started(folder, FREE)).toEqual(first)
  expect(await started(folder)).toEqual(first)
  expect(await started(folder, NOTHING, true)).toEqual(first)
})

test('no port is one that the system hands out by itself', async () => {
  const chosen = await Promise.all(Array.from({ length: 20 }, () => addresses(emptyFolder(), FREE).choose()))
  for (const { port } of chosen.flatMap(({ proxy, api }) => [proxy, api])) {
    expect(port).toBeGreaterThanOrEqual(10_240)
    expect(port).toBeLessThan(32_768)
  }
})

test('the address that a person names is the only one', async () => {
  const folder = emptyFolder()
  const { proxy } = await started(folder, FREE)
  const named = `127.0.0.1:${proxy.port} is taken; SALLYPORT_PROXY_LISTEN moves it`
  await take(proxy)
  await expect(addresses(folder, { proxy, api: null }).choose()).rejects.toThrow(named)
  // So is a kept one for a start that a person sees.
  await expect(addresses(folder).choose()).rejects.toThrow(named)
})

test('where both addresses are taken, both are named at once', async () => {
  const folder = emptyFolder()
  const { proxy, api } = await started(folder, FREE)
  await take(proxy)
  await take(api)
  await expect(addresses(folder).choose()).rejects.toThrow(
    `127.0.0.1:${proxy.port} and 127.0.0.1:${api.port} are taken; ` +
      'SALLYPORT_PROXY_LISTEN and SALLYPORT_API_LISTEN move them',
  )
})

test('a hosted Sallyport listens elsewhere for once where its address is taken, and configurations keep theirs', async () => {
  const folder = emptyFolder()
  const first = await started(folder, FREE)
  await take(first.proxy)
  const meanwhile = await started(folder, NOTHING, true)
  expect(meanwhile.proxy.port).not.toBe(first.proxy.port)
  expect(meanwhile.api).toEqual(first.api)
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
  expect((await addresses(folder).choose()).proxy).toEqual(first.proxy)
})

test.each(['', '{', 'null', '{"proxy":{"host":1,"port":"x"}}'])(
  'a file of addresses that says %j keeps nothing',
  async (text) => {
    const folder = emptyFolder()
    writeFileSync(join(folder, 'addresses.json'), text)
    const asked = { proxy: at(12_345), api: at(12_346) }
    expect(await addresses(folder, asked).choose()).toEqual(asked)
  },
)
