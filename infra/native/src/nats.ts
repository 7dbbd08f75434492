import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'nats'
import { startEngineProcess } from './engine-process.ts'
import { freePort } from './free-port.ts'
import { installNats } from './nats-install.ts'

export interface NatsOptions {
  /** The loopback port clients use; a free one unless given. */
  readonly port?: number
  /** A file with more of its configuration, such as TLS and users. */
  readonly config?: string
  /** Told in one line what is being done. */
  readonly log?: (line: string) => void
}

/** A real nats-server (core NATS only, nothing is stored). It never outlives this process. */
export interface NativeNats {
  /** `nats://127.0.0.1:PORT` */
  readonly url: string
  /** The server's process, undefined while it does not run. */
  readonly pid: number | undefined
  stop(): Promise<void>
  /** Ends it as a crash would: clients see a reset. */
  kill9(): Promise<void>
  /** Ends it if it runs, and starts it on the same port. */
  restart(): Promise<void>
}

/** Starts a server and resolves when it answers. Throws EngineMissing or EngineFailed, each in one line. */
export async function startNats(options: NatsOptions = {}): Promise<NativeNats> {
  const log = options.log ?? (() => undefined)
  const install = await installNats()
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-nats-'))
  const port = options.port ?? (await freePort())
  const url = `nats://127.0.0.1:${port}`

  log(`nats: starting ${install.version} on ${url}`)
  try {
    const engine = await startEngineProcess({
      name: 'nats',
      command: install.server,
      args: [
        ...['--addr', '127.0.0.1', '--port', String(port)],
        ...(options.config === undefined ? [] : ['--config', options.config]),
      ],
      logFile: join(folder, 'nats.log'),
      discard: folder,
      probe: () => (options.config === undefined ? answersAPing(url) : greets(port)),
      readyWithin: 20_000,
    })
    return {
      url,
      get pid() {
        return engine.pid
      },
      kill9: engine.kill9,
      restart: engine.restart,
      async stop() {
        await engine.stop()
        await rm(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

/** It greets whoever connects, before it asks for TLS and a user. */
async function greets(port: number): Promise<void> {
  const socket = createConnection(port, '127.0.0.1')
  try {
    const [greeting] = (await once(socket, 'data', { signal: AbortSignal.timeout(1000) })) as [Buffer]
    if (!greeting.toString().startsWith('INFO ')) throw new Error('it says something else')
  } finally {
    socket.destroy()
  }
}

async function answersAPing(url: string): Promise<void> {
  const connection = await connect({ servers: url, reconnect: false, timeout: 1000 })
  try {
    await connection.flush()
  } finally {
    await connection.close()
  }
}
