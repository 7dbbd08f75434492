import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { type Health, type Logger, silentLogger } from '@sallyport/runtime'
import { chdbConfig } from './chdb-settings.ts'
import { superviseChild } from './chdb-supervisor.ts'
import type { ClickHouseEngine } from './click-house-engine.ts'

export interface EmbeddedClickHouseOptions {
  /** The folder of the data; one process at a time. */
  readonly path: string
  readonly logger?: Logger
  /** Bytes the engine may allocate (default 400 MiB); the process itself takes about 200 MB besides. */
  readonly maxMemory?: number
  /** Queries that may run beside each other, and beside the one that inserts (default 3). */
  readonly readers?: number
}

export interface EmbeddedClickHouse extends ClickHouseEngine {
  /** The process that holds the engine now; undefined while there is none. */
  pid(): number | undefined
  /** Resolves when the engine answers. */
  ready(): Promise<void>
}

/**
 * ClickHouse in a child process of ours, which is started again when it dies and ends when we do. It listens on a
 * unix socket in a folder that only this user can enter, so it needs no password and takes no port.
 */
export function embeddedClickHouse(options: EmbeddedClickHouseOptions): EmbeddedClickHouse {
  const { path, logger = silentLogger, maxMemory = 400 * 1024 * 1024, readers = 3 } = options
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-ch-'))
  const socketPath = join(folder, 'http.sock')
  const config = join(folder, 'config.xml')
  const client = createClient({
    url: 'http://embedded',
    http_agent: new Agent({ socketPath, keepAlive: true, maxSockets: 32 } as object),
    request_timeout: 60_000,
    log: { level: ClickHouseLogLevel.OFF },
  })
  const child = superviseChild({
    logger,
    arguments: [path, socketPath, config, String(readers)],
    beforeStart() {
      mkdirSync(path, { recursive: true, mode: 0o700 })
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      rmSync(socketPath, { force: true })
      writeFileSync(config, chdbConfig({ maxServerMemory: maxMemory }))
    },
    // One thread for each session, and some for Node's own files and addresses.
    threads: readers + 3,
  })

  let stopped: Promise<void> | undefined

  return {
    client,
    start: child.start,
    pid: child.pid,
    ready: child.ready,
    async health(): Promise<Health> {
      const state = child.state()
      if (state.status !== 'running') return { status: 'down', reason: state.reason }
      const facts = { pid: child.pid() ?? 0, restarts: state.restarts }
      const answer = await client.ping({ select: true })
      if (answer.success) return { status: 'ok', facts }
      return { status: 'down', reason: 'the embedded ClickHouse does not answer', facts }
    },
    stop() {
      stopped ??= client
        .close()
        .then(child.stop)
        .finally(() => rmSync(folder, { recursive: true, force: true }))
      return stopped
    },
  }
}
