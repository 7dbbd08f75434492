import { eventLogContract } from './contract.ts'
import { memoryEventLog } from './index.ts'

let topics = 0

eventLogContract('memory', async () => ({
  durable: false,
  open: async () => memoryEventLog(),
  newTopic: async () => `topic-${topics++}`,
  dispose: async () => {},
}))
