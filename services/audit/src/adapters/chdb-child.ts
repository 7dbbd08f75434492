import { rmSync } from 'node:fs'
import { setPriority } from 'node:os'
import { dirname } from 'node:path'
import { chdbHttpServer } from './chdb-http.ts'
import { openChdbSessions } from './chdb-sessions.ts'

/** The process that holds the embedded engine. Its parent is told `ready` over IPC; it ends with its parent. */
const [path = '', socket = '', config = '', readers = '3'] = process.argv.slice(2)

function endNow(): never {
  rmSync(dirname(socket), { recursive: true, force: true })
  process.kill(process.pid, 'SIGKILL')
  throw new Error('unreachable')
}

/** Ctrl-C reaches the whole process group; the parent decides when this process ends. */
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
/** The parent is gone, also by kill -9. Acknowledged inserts are on disk; a running query could take minutes. */
process.on('disconnect', endNow)

/** Calls come first: threads that begin from here on, which are all of the engine's, get less where both want a core. */
const NICE = 5
setPriority(NICE)

const sessions = openChdbSessions({
  path,
  readers: Number(readers),
  connectionArgs: [`--config-file=${config}`],
})
const server = chdbHttpServer(sessions)
process.on('message', (message) => {
  if (message !== 'stop') return
  server.close()
  server.closeIdleConnections()
  sessions.close()
  process.exit(0)
})
/** Freed pages stay with the allocator until it is told; the library and Node's own heap are 300 MB of this. */
const PURGE_ABOVE = 400 * 1024 * 1024
const PURGE_EVERY_MS = 500
const purge = { query: 'SYSTEM JEMALLOC PURGE', data: null, parameters: {}, settings: {} }
setInterval(() => {
  if (process.memoryUsage.rss() > PURGE_ABOVE)
    sessions.run(purge, new AbortController().signal).catch(() => {})
}, PURGE_EVERY_MS).unref()

server.listen(socket, () => process.send?.('ready'))
