import { serveGrpc } from '@sallyport/rpc/grpc'
import { BENCH_TOKEN, benchPoint } from './setting.ts'

/** The server of `decide.ts`: tells where it listens, then its CPU microseconds whenever it is asked. */
const server = await serveGrpc({
  listen: { host: '127.0.0.1', port: 0 },
  decision: await benchPoint(),
  internalToken: BENCH_TOKEN,
})
process.on('message', () => process.send?.(process.cpuUsage()))
process.on('disconnect', () => process.exit())
process.send?.(server.address)
