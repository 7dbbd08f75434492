import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { ListenAddress } from '@sallyport/runtime'
import { AddressTaken, type MovableAddress } from './errors.ts'
import { replaceFile } from './small-files.ts'

const FACES = ['proxy', 'api'] as const
export type Face = (typeof FACES)[number]

const FIRST: Readonly<Record<Face, ListenAddress>> = {
  proxy: { host: '127.0.0.1', port: 8080 },
  api: { host: '127.0.0.1', port: 8081 },
}
/** The variable that moves each. */
const VARIABLES: Readonly<Record<Face, string>> = {
  proxy: 'SALLYPORT_PROXY_LISTEN',
  api: 'SALLYPORT_API_LISTEN',
}
/** Below the ports that systems hand out by themselves (Linux from 32768), so that nobody gets one by accident. */
const LOWEST_PORT = 10_240
const HIGHEST_PORT = 32_000
const TRIES = 40

export interface AddressOptions {
  /** The data folder, which keeps where its Sallyport listens. */
  readonly folder: string
  readonly asked: Readonly<Record<Face, ListenAddress | null>>
  /** A Sallyport inside another program listens elsewhere for once where its address is taken; nobody could move it. */
  readonly hosted: boolean
}

/**
 * Where a data folder's Sallyport listens. The addresses are kept in the folder: an agent's configuration names them, and
 * outlives the process that listens.
 */
export class Addresses {
  readonly #options: AddressOptions
  readonly #path: string
  readonly #kept: Partial<Record<Face, ListenAddress>>

  constructor(options: AddressOptions) {
    this.#options = options
    this.#path = join(options.folder, 'addresses.json')
    this.#kept = readKept(this.#path)
  }

  /** The first that is free. Throws AddressTaken where only one will do and others listen there, for all such at once. */
  async choose(): Promise<Readonly<Record<Face, ListenAddress>>> {
    const proxy = await firstFree(this.#candidates('proxy'))
    const api = await firstFree(this.#candidates('api').filter(({ port }) => port !== proxy.port))
    const chosen = { proxy, api }
    const taken: MovableAddress[] = []
    for (const face of FACES)
      if (await isTaken(chosen[face])) taken.push({ address: chosen[face], variable: VARIABLES[face] })
    if (taken.length > 0) throw new AddressTaken(taken)
    return chosen
  }

  /** What another program took for a while is still the address that configurations name. */
  keep(listening: Readonly<Record<Face, ListenAddress>>): void {
    const { asked, hosted } = this.#options
    const stays = (face: Face) => hosted && asked[face] === null && this.#kept[face] !== undefined
    const kept = { ...listening }
    for (const face of FACES) if (stays(face)) Object.assign(kept, { [face]: this.#kept[face] })
    replaceFile(this.#path, JSON.stringify(kept))
  }

  #candidates(face: Face): readonly ListenAddress[] {
    const asked = this.#options.asked[face]
    const kept = this.#kept[face]
    if (asked !== null && asked.port !== 0) return [asked]
    if (asked !== null) return [...(kept?.host === asked.host ? [kept] : []), ...somePorts(asked.host)]
    const usual = kept ?? FIRST[face]
    return this.#options.hosted ? [usual, ...somePorts(usual.host)] : [usual]
  }
}

async function firstFree(candidates: readonly ListenAddress[]): Promise<ListenAddress> {
  const [first, ...others] = candidates
  if (first === undefined) throw new RangeError('an address is needed')
  if (others.length === 0 || (await refusal(first)) === null) return first
  return firstFree(others)
}

async function isTaken(address: ListenAddress): Promise<boolean> {
  return (await refusal(address)) === 'EADDRINUSE'
}

/** Why nobody can listen there now, as the system says it; null where one can. */
function refusal({ host, port }: ListenAddress): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? 'unknown'))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)))
  })
}

function somePorts(host: string): ListenAddress[] {
  return Array.from({ length: TRIES }, () => ({ host, port: randomInt(LOWEST_PORT, HIGHEST_PORT) }))
}

/** A file that cannot be read keeps nothing. */
function readKept(path: string): Partial<Record<Face, ListenAddress>> {
  try {
    const { proxy, api } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
    return { ...(isAddress(proxy) ? { proxy } : {}), ...(isAddress(api) ? { api } : {}) }
  } catch {
    return {}
  }
}

function isAddress(value: unknown): value is ListenAddress {
  const { host, port } = (value ?? {}) as { host?: unknown; port?: unknown }
  return typeof host === 'string' && Number.isInteger(port)
}
