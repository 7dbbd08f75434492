import { memorySignals } from './index.ts'
import { signalsContract } from './testing/contract.ts'

signalsContract('memory', async () => ({ open: async () => memorySignals(), dispose: async () => {} }))
