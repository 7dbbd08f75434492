import { fileURLToPath } from 'node:url'
import { StdioServer } from '../stdio-server.ts'
import { Watchdog } from '../watchdog.ts'

/** A process that runs a stubborn server and says which processes there are; for tests that kill it. */
new StdioServer({
  command: [process.execPath, fileURLToPath(new URL('stubborn-server.js', import.meta.url))],
  env: {},
  maxLineBytes: 1000,
  maxWaitingBytes: 1000,
  watchdog: new Watchdog(),
  onLine: (line) => process.stdout.write(`${Buffer.from(line ?? []).toString()}\n`),
  onEnd: () => {},
})
