import { oneByOne } from '../decision.ts'
import { serveGrpc } from '../serve.ts'
import { ALLOW, TOKEN } from './questions.ts'

const server = await serveGrpc({
  listen: { host: '127.0.0.1', port: Number(process.argv[2]) },
  internalToken: TOKEN,
  decision: oneByOne((input) => {
    if (input.action === 'told') process.send?.('asked')
    if (input.action !== 'never') return ALLOW
    process.send?.('asked')
    return new Promise(() => undefined)
  }),
})
process.on('disconnect', () => process.exit())
process.send?.(server.address)
