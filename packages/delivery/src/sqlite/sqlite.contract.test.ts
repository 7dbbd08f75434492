import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteEventLog } from '@sallyport/event-log'
import { fileLeases, logFeed, sqliteCheckpoints } from '../index.ts'
import { deliveryContract } from '../testing/contract.ts'

deliveryContract('sqlite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-delivery-'))
  const log = await sqliteEventLog({ path: join(folder, 'log.db') })
  const opened: { close(): void }[] = []
  let topics = 0
  return {
    log,
    ranges: true,
    newTopic: async () => `topic-${topics++}`,
    newFeed() {
      const checkpoints = sqliteCheckpoints(join(folder, 'delivery.db'))
      opened.push(checkpoints)
      return logFeed({ log, leases: fileLeases(join(folder, 'leases')), checkpoints })
    },
    async dispose() {
      for (const checkpoints of opened) checkpoints.close()
      await log.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
})
