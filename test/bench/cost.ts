import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startKafka, startNats } from '@sallyport/native'
import type { LoadTarget } from './callers.ts'
import { startChild } from './child.ts'
import { fleetOf, type Subject, standaloneOf } from './cost-subject.ts'
import type { LoadResult } from './load.ts'
import type { LoadJob } from './load-generator.ts'
import { residentMemory } from './memory.ts'
import { processorTime } from './processor-time.ts'
import { markdownTable } from './table.ts'

export interface CostOptions {
  /** Source trees to measure side by side, by the name of their column. */
  readonly trees: ReadonlyMap<string, string>
  readonly rounds: number
  readonly seconds: number
  readonly withFleet: boolean
}

const CALLERS = 64

/** A row of the table, from several rounds. Other jobs only add to a figure, so the least is the truest. */
const FIGURES = {
  'x at 64 callers': 'least',
  'x of a bare Node proxy': 'least',
  'processor time a call at 64 callers, µs': 'least',
  'of it the ClickHouse child, µs': 'least',
  'calls/s at 64 callers': 'most',
  'added p50 at one caller, ms': 'least',
  'resident memory without ClickHouse, MB': 'most',
  'ready after, ms': 'least',
  '`npx sallyport log`, ms': 'least',
  'fleet: added p50 at one caller, ms': 'least',
  'fleet: calls/s for a core of the proxy': 'most',
} as const

type Figure = keyof typeof FIGURES
type Figures = Partial<Record<Figure, number>>

/**
 * The cost of a call, as a table with a column for each source tree; their rounds alternate. *x* is the processor time
 * of all processes of Sallyport over that of load generator and upstream, from the first call until everything that was
 * recorded can be searched.
 */
export async function benchCost(options: CostOptions): Promise<string> {
  const measured = new Map([...options.trees.keys()].map((name) => [name, [] as Figures[]]))
  for (let round = 0; round < options.rounds; round += 1) {
    for (const [name, root] of options.trees) {
      const figures = await measureTree(root, options)
      console.error(`${name}, round ${round + 1}: ${JSON.stringify(figures)}`)
      measured.get(name)?.push(figures)
    }
  }
  const rows = (Object.keys(FIGURES) as Figure[]).map((figure) => [
    figure,
    ...[...measured.values()].map((rounds) => summed(figure, rounds)),
  ])
  return markdownTable(['', ...measured.keys()], rows)
}

function summed(figure: Figure, rounds: readonly Figures[]): string {
  const values = rounds.map((round) => round[figure]).filter((value) => value !== undefined)
  if (values.length === 0) return '–'
  const chosen = FIGURES[figure] === 'least' ? Math.min(...values) : Math.max(...values)
  const sorted = values.toSorted((a, b) => a - b)
  const shown = (value: number) => (value < 20 ? value.toFixed(2) : String(Math.round(value)))
  return `${shown(chosen)} (median ${shown(sorted[sorted.length >> 1] ?? chosen)})`
}

async function measureTree(root: string, options: CostOptions): Promise<Figures> {
  const upstream = await startChild('./echo-upstream.ts')
  const bare = await startChild('./bare-proxy.ts', upstream.url)
  const generator = await startGenerator()
  try {
    const measure = (target: LoadTarget, callers: number, seconds = options.seconds) =>
      generator.run({ target, callers, seconds })
    const standalone = await standaloneOf(root, upstream.url)
    const figures: Figures = { 'ready after, ms': standalone.readyMs }
    try {
      const others = () => processorTime(generator.pid) + processorTime(upstream.pid)
      await measure({ url: bare.url }, CALLERS, 2)
      await measure(standalone.target, CALLERS, 5)
      await standalone.ingested()

      const bareBefore = [others(), processorTime(bare.pid)] as const
      await measure({ url: bare.url }, CALLERS)
      figures['x of a bare Node proxy'] =
        (processorTime(bare.pid) - bareBefore[1]) / (others() - bareBefore[0])

      const pid = standalone.pids.get('standalone') ?? 0
      const child = () => processorTime(pid) - ownTime(pid)
      const before = { others: others(), ours: processorTime(pid), child: child() }
      const loaded = await measure(standalone.target, CALLERS)
      await standalone.ingested()
      const ours = processorTime(pid) - before.ours
      figures['x at 64 callers'] = ours / (others() - before.others)
      figures['processor time a call at 64 callers, µs'] = (ours / loaded.all) * 1e6
      figures['of it the ClickHouse child, µs'] = ((child() - before.child) / loaded.all) * 1e6
      figures['calls/s at 64 callers'] = loaded.perSecond
      figures['resident memory without ClickHouse, MB'] = (residentMemory(pid).own * 1024 * 1024) / 1e6
      figures['added p50 at one caller, ms'] = await addedByOne(measure, upstream.url, standalone)
      figures['`npx sallyport log`, ms'] = timeOfLog(root, standalone.folder ?? '')
    } finally {
      await standalone.stop()
    }
    if (options.withFleet) await measureFleet(root, upstream.url, measure, figures)
    return figures
  } finally {
    generator.stop()
    bare.stop()
    upstream.stop()
  }
}

async function measureFleet(
  root: string,
  upstreamUrl: string,
  measure: (target: LoadTarget, callers: number, seconds?: number) => Promise<LoadResult>,
  figures: Figures,
): Promise<void> {
  const kafka = await startKafka()
  const nats = await startNats()
  const fleet = await fleetOf(root, upstreamUrl, {
    kafkaBrokers: kafka.brokers.join(','),
    natsUrl: nats.url,
  })
  try {
    await measure(fleet.target, CALLERS, 5)
    await fleet.ingested()
    const pid = fleet.pids.get('proxy-1') ?? 0
    const before = processorTime(pid)
    const loaded = await measure(fleet.target, CALLERS)
    figures['fleet: calls/s for a core of the proxy'] = loaded.all / (processorTime(pid) - before)
    await fleet.ingested()
    figures['fleet: added p50 at one caller, ms'] = await addedByOne(measure, upstreamUrl, fleet)
  } finally {
    await fleet.stop()
    await nats.stop()
    await kafka.stop()
  }
}

/** Straight and through, turn by turn, so that other load of the machine falls on both. */
async function addedByOne(
  measure: (target: LoadTarget, callers: number, seconds?: number) => Promise<LoadResult>,
  upstreamUrl: string,
  subject: Subject,
): Promise<number> {
  const added: number[] = []
  for (let turn = 0; turn < 3; turn += 1) {
    const straight = await measure({ url: upstreamUrl }, 1, 1.5)
    const through = await measure(subject.target, 1, 2.5)
    added.push(through.p50 - straight.p50)
  }
  return Math.min(...added)
}

/** The time that a person waits: the command as it is typed, in the folder of the project. */
function timeOfLog(root: string, folder: string): number {
  const times = Array.from({ length: 5 }, () => {
    const startedAt = performance.now()
    execFileSync('npx', ['sallyport', 'log'], {
      cwd: root,
      env: { ...process.env, SALLYPORT_DATA: folder },
      stdio: 'ignore',
    })
    return performance.now() - startedAt
  })
  return Math.min(...times)
}

function ownTime(pid: number): number {
  return processorTime(pid, { descendants: false })
}

async function startGenerator() {
  const child: ChildProcess = fork(fileURLToPath(new URL('./load-generator.ts', import.meta.url)))
  await once(child, 'spawn')
  return {
    pid: child.pid as number,
    async run(job: LoadJob): Promise<LoadResult> {
      child.send(job)
      const [result] = await once(child, 'message')
      return result as LoadResult
    },
    stop: () => child.disconnect(),
  }
}
