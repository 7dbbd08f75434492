import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteEventLog } from '../index.ts'
import { eventLogContract } from '../testing/contract.ts'

let topics = 0

eventLogContract('sqlite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-log-'))
  return {
    durable: true,
    open: () => sqliteEventLog({ path: join(folder, 'log.db') }),
    newTopic: async () => `topic-${topics++}`,
    dispose: () => rm(folder, { recursive: true, force: true }),
  }
})
