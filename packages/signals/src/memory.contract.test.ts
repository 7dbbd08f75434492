import { signalsContract } from './contract.ts'
import { memorySignals } from './index.ts'

signalsContract('memory', async () => ({ open: async () => memorySignals(), dispose: async () => {} }))
