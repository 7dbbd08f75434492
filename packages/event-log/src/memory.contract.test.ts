import { memoryEventLog } from './index.ts'
import { eventLogContract } from './testing/contract.ts'

let topics = 0

eventLogContract('memory', async () => ({
  durable: false,
  open: async () => memoryEventLog(),
  newTopic: async () => `topic-${topics++}`,
  dispose: async () => {},
}))
