import { CLIENTS } from './clients.ts'
import type { Target } from './held-client.ts'

/** A client in its own process. Its arguments are the kind of client and the target; its message is the result. */
const [index = '0', target = '{}'] = process.argv.slice(2)
const startedAt = performance.now()
const outcome = await CLIENTS[Number(index)]?.call(JSON.parse(target) as Target).catch((error: unknown) => ({
  text: String(error),
  calls: 0,
}))
process.send?.({ ...outcome, seconds: (performance.now() - startedAt) / 1000 })
process.disconnect()
