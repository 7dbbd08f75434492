import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { DecisionPoint } from '@sallyport/rpc'
import { connectDecision } from '@sallyport/rpc/grpc'
import { BENCH_TOKEN, benchPoint, benchQuestions } from './setting.ts'

/** Decisions a second and p99: in process, and over a gRPC stream to a server in a process of its own. */
const IN_FLIGHT = 64
const WARM_UP = 20_000
const COUNT = 100_000
const questions = benchQuestions()

interface Figures {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
}

async function measure(point: DecisionPoint, inFlight: number, count: number): Promise<Figures> {
  const latencies = new Float64Array(count)
  let next = 0
  const caller = async () => {
    while (next < count) {
      const index = next
      next += 1
      const question = questions[index % questions.length]
      if (!question) throw new Error('no questions')
      const begun = performance.now()
      const answer = point.decide(question)
      const decision = answer instanceof Promise ? await answer : answer
      latencies[index] = performance.now() - begun
      if (decision.fault !== null) throw new Error(`a fault: ${decision.reasons.join()}`)
    }
  }
  const begun = performance.now()
  await Promise.all(Array.from({ length: inFlight }, caller))
  const seconds = (performance.now() - begun) / 1000
  latencies.sort()
  const at = (share: number) => latencies[Math.floor(count * share)] ?? 0
  return { perSecond: count / seconds, p50: at(0.5), p99: at(0.99) }
}

function print(name: string, { perSecond, p50, p99 }: Figures, more = ''): void {
  const rate = Math.round(perSecond).toLocaleString('en').padStart(10)
  process.stdout.write(
    `${name.padEnd(26)}${rate}/s  p50 ${p50.toFixed(3)} ms  p99 ${p99.toFixed(3)} ms${more}\n`,
  )
}

const inProcess = await benchPoint()
await measure(inProcess, 1, WARM_UP)
print('in process', await measure(inProcess, 1, COUNT))

const server = fork(join(import.meta.dirname, 'server.ts'), { execArgv: [] })
const cpuOf = async () => {
  server.send('cpu')
  const [{ user, system }] = (await once(server, 'message')) as [NodeJS.CpuUsage]
  return (user + system) / 1e6
}
const [address] = (await once(server, 'message')) as [string]
const client = connectDecision({ addresses: [address], internalToken: BENCH_TOKEN, deadlineMs: 5000 })
await measure(client, IN_FLIGHT, WARM_UP)
const cpu = await cpuOf()
const figures = await measure(client, IN_FLIGHT, COUNT)
const perCore = Math.round(COUNT / ((await cpuOf()) - cpu)).toLocaleString('en')
print(`gRPC stream, ${IN_FLIGHT} in flight`, figures, `  ${perCore}/s for a core of the server`)
client.close()
server.kill()
