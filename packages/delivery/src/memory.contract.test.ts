import { memoryEventLog } from '@sallyport/event-log'
import { logFeed, memoryCheckpoints, memoryLeases } from './index.ts'
import { deliveryContract } from './testing/contract.ts'

deliveryContract('memory', async () => {
  const log = memoryEventLog()
  const [leases, checkpoints] = [memoryLeases(), memoryCheckpoints()]
  let topics = 0
  return {
    log,
    ranges: true,
    newTopic: async () => `topic-${topics++}`,
    newFeed: () => logFeed({ log, leases, checkpoints }),
    dispose: () => log.close(),
  }
})
