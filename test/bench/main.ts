import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { startFleet, startKafka, startNats } from '@sallyport/native'
import { compositionOf } from '../e2e/support/composition-of-fleet.ts'
import { startStandalone } from '../e2e/support/standalone-composition.ts'
import { bareCallers, type OpenCallers, sdkCallers } from './callers.ts'
import { benchCalls } from './calls.ts'
import { benchCost } from './cost.ts'
import { benchFields } from './fields/bench-fields.ts'
import { benchIdleStreams } from './idle-streams.ts'
import { benchPending } from './pending.ts'
import { benchSoak } from './soak.ts'
import { benchStreaming } from './streaming.ts'
import { benchVotes } from './votes.ts'

/**
 * `npm run bench [-- --no-fleet] [--seconds N] [--only cost|calls|votes|pending|soak|streams|idle|fields]
 * [--client bare|sdk] [--actions N] [--pending N]`: the figures of
 * docs/reference/benchmarks.md, as ratios of one run. Without --only: cost, calls, votes, streams and pending.
 * `--only cost --rounds 5 --before DIR` measures another checkout (with its node_modules) beside this one, turn by turn. Decisions and ingest have
 * benches of their own beside their services; the soak takes about ten minutes for a million actions.
 */
const argument = (name: string) => process.argv[process.argv.indexOf(name) + 1]
const withFleet = !process.argv.includes('--no-fleet')
const seconds = process.argv.includes('--seconds') ? Number(argument('--seconds')) : 5
const only = process.argv.includes('--only') ? argument('--only') : undefined

console.log(
  `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}`,
)

if (only === undefined || only === 'cost') {
  const rounds = process.argv.includes('--rounds') ? Number(argument('--rounds')) : 3
  const before = process.argv.includes('--before') ? argument('--before') : undefined
  const here = fileURLToPath(new URL('../../', import.meta.url))
  const trees = new Map([...(before === undefined ? [] : [['before', before] as const]), ['now', here]])
  console.log('\nWhat a call costs, the best of its rounds:\n')
  console.log(await benchCost({ trees, rounds, seconds, withFleet }))
}
if (only === 'soak') {
  const actions = process.argv.includes('--actions') ? Number(argument('--actions')) : 1_000_000
  console.log(`\nResident memory over ${actions} actions:\n`)
  console.log(await benchSoak(actions))
}
if (only === undefined || only === 'calls') {
  const client = process.argv.includes('--client') ? argument('--client') : undefined
  if (client !== 'sdk') await calls('bare HTTP requests', bareCallers)
  if (client !== 'bare') await calls('official SDK clients', sdkCallers)
}
if (only === undefined || only === 'streams') {
  console.log('\nAn event of a streamed answer, from the upstream’s write to the client:\n')
  console.log(await benchStreaming(Math.ceil(seconds / 2)))
}
if (only === 'idle') {
  const streams = process.argv.includes('--streams') ? Number(argument('--streams')) : 10_000
  console.log(`\nResident memory with ${streams} silent streams:\n`)
  console.log(await benchIdleStreams(streams))
}
if (only === 'fields') {
  const rounds = process.argv.includes('--rounds') ? Number(argument('--rounds')) : 3
  const matching = new RegExp((process.argv.includes('--matching') && argument('--matching')) || '')
  console.log('\nThe longest turn of the event loop that one message takes:\n')
  console.log(await benchFields(rounds, matching))
}
if (only === undefined || only === 'votes') {
  console.log('\nVote → upstream receives the held call:\n')
  const standalone = await startStandalone()
  console.log(await benchVotes(standalone, 200))
  await standalone.stop()
  if (withFleet) await fleetVotes()
}
if (only === 'pending' || (only === undefined && withFleet)) {
  const pending = process.argv.includes('--pending') ? Number(argument('--pending')) : 100_000
  console.log('\nApprovals on the fleet, while very many wait for a person:\n')
  console.log(await benchPending(pending))
}

async function calls(who: string, open: OpenCallers): Promise<void> {
  console.log(`\ntools/call by ${who}, which share the cores with the echo upstream:\n`)
  console.log(await benchCalls(open, seconds, withFleet))
}

async function fleetVotes(): Promise<void> {
  const kafka = await startKafka()
  const nats = await startNats()
  const fleet = await startFleet({ kafkaBrokers: kafka.brokers.join(','), natsUrl: nats.url })
  console.log(await benchVotes(compositionOf(fleet), 100))
  await fleet.stop()
  await nats.stop()
  await kafka.stop()
}
