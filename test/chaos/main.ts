import { writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { type Fleet, startFleet, startKafka, startNats } from '@sallyport/native'
import { apiOf } from '../e2e/support/api.ts'
import { compositionOf } from '../e2e/support/composition-of-fleet.ts'
import { type CallStory, makeCall } from './agent.ts'
import { readLog } from './log-facts.ts'
import { storyTable } from './report.ts'
import { openRooms, type Room } from './rooms.ts'
import { makeTrouble } from './trouble.ts'
import { verdictOf } from './verdict.ts'
import { Desk, followAndVote, readAndVote } from './voters.ts'
import { startWitness } from './witness.ts'

/**
 * `npm run test:chaos [-- --approvals N] [--minutes N] [--seed TEXT] [--quiet]`: a fleet on real Kafka and NATS, whose
 * processes and engines are killed and paused one after the other while agents make N calls that need people. It ends
 * with 1 when a call was carried out twice or without all its votes, or was lost. After the minutes no further call is made.
 */
const argument = (name: string, fallback: string) =>
  process.argv.includes(name) ? (process.argv[process.argv.indexOf(name) + 1] ?? fallback) : fallback
const approvals = Number(argument('--approvals', '10000'))
const minutes = Number(argument('--minutes', '30'))
const seed = argument('--seed', 'sallyport')
const atOnce = Number(argument('--at-once', '200'))
const say = (line: string) => {
  if (!process.argv.includes('--quiet')) console.log(`${new Date().toISOString().slice(11, 19)} ${line}`)
}

const EXPIRES_MS = 120_000
const ENVIRONMENT = {
  SALLYPORT_APPROVAL_EXPIRES_MS: String(EXPIRES_MS),
  SALLYPORT_APPROVAL_USABLE_MS: '60000',
  SALLYPORT_HOLD_BUDGET_MS: '10000',
}
/** After the last call: what is open expires, and the record is complete. */
const SETTLE_MS = 3 * EXPIRES_MS
/** Beyond which a call is lost, after no further one is made. */
const END_WITHIN_MS = 5 * 60_000
const REPORT_EVERY_MS = 10_000

const kafka = await startKafka()
const nats = await startNats()
const witness = await startWitness()
const fleet = await startFleet({
  kafkaBrokers: kafka.brokers.join(','),
  natsUrl: nats.url,
  proxies: 3,
  decisions: 2,
  approvals: 2,
  environment: ENVIRONMENT,
})
try {
  process.exitCode = await run()
} finally {
  await fleet.stop()
  await Promise.all([witness.stop(), nats.stop(), kafka.stop()])
}

async function run(): Promise<number> {
  const { rooms, people, bot, ignoring } = await openRooms(fleet, witness.url)
  const until = Date.now() + minutes * 60_000
  say(`the fleet is ready: up to ${approvals} calls, ${atOnce} at once`)
  const [calm, voting] = [new AbortController(), new AbortController()]
  const desk = new Desk(fleet.api, fleet.adminToken, ignoring)
  const common = { api: fleet.api, desk, signal: voting.signal }
  const votes = [
    ...people.map((person) => readAndVote({ ...common, ...person })),
    followAndVote({ ...common, ...bot }),
  ]
  const processes = new Map([...fleet.processes, ['kafka', kafka], ['nats', nats]] as const)
  const trouble = makeTrouble({ processes, seed, signal: calm.signal, say })

  const began = Date.now()
  const stories = await makeCalls(rooms, until)
  calm.abort()
  const troubles = await trouble
  const took = Date.now() - began
  await settled(Date.now() + SETTLE_MS)
  voting.abort()
  await Promise.all(votes)

  const evidence = {
    stories,
    executions: witness.executions,
    log: await readLog(kafka.brokers),
    lists: await listed(),
  }
  const verdict = verdictOf(evidence)
  console.log(storyTable({ evidence, verdict, troubles, took }))
  const broken = [...verdict.executedTwice, ...verdict.withoutApproval, ...verdict.lost]
  for (const line of broken.slice(0, 50)) console.log(line)
  const file = argument('--evidence', '')
  if (file !== '') await writeFile(file, JSON.stringify({ verdict, stories }, null, 1))
  return broken.length === 0 ? 0 : 1
}

/** `atOnce` agents at a time, over all rooms. */
async function makeCalls(rooms: readonly Room[], until: number): Promise<CallStory[]> {
  const stories: CallStory[] = []
  let next = 0
  const report = setInterval(
    () =>
      say(`${stories.length} of ${approvals} calls have ended, ${witness.executions.size} were carried out`),
    REPORT_EVERY_MS,
  )
  const agent = async () => {
    for (let nth = next++; nth < approvals && Date.now() < until; nth = next++) {
      const room = rooms[nth % rooms.length]
      if (room) stories.push(await makeCall(room, `call-${nth}`, until + END_WITHIN_MS))
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, approvals) }, agent))
  clearInterval(report)
  return stories
}

/** Resolves when nothing is open, or when it is too late for that. */
async function settled(until: number): Promise<void> {
  const api = apiOf(compositionOf(fleet))
  const open = async () => {
    const counts = await api.client
      .get<{ pending: number; approved: number }>('/v1/approvals/counts')
      .catch(() => ({ pending: 1, approved: 1 }))
    return counts.pending + counts.approved
  }
  while (Date.now() < until && (await open()) > 0) await delay(1000)
}

/** What each approvals process lists, page by page. */
async function listed(): Promise<string[][]> {
  return Promise.all(fleet.approvals.map(({ api }) => listOf(fleet, api)))
}

async function listOf({ adminToken }: Fleet, api: string): Promise<string[]> {
  const items: string[] = []
  let cursor = ''
  do {
    const query = new URLSearchParams({ status: 'all', limit: '500', ...(cursor && { cursor }) })
    const response = await fetch(`${api}/v1/approvals?${query}`, {
      headers: { authorization: `Bearer ${adminToken}` },
    })
    const page = (await response.json()) as {
      items: { approvalId: string; status: string }[]
      next: string | null
    }
    items.push(...page.items.map(({ approvalId, status }) => `${approvalId} ${status}`))
    cursor = page.next ?? ''
  } while (cursor !== '')
  return items
}
