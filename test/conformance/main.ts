import { apiOf } from '../e2e/support/api.ts'
import { startStandalone } from '../e2e/support/standalone-composition.ts'
import { startBearerForwarder } from './bearer-forwarder.ts'
import { compareChecks, countsOf, type Difference } from './compare-checks.ts'
import { compareExchanges } from './compare-exchanges.ts'
import { EXCHANGES } from './exchanges.ts'
import { type FixtureKind, startFixture } from './fixture/start-fixture.ts'
import { type Check, runSuite } from './run-suite.ts'
import { scored } from './scored.ts'

const RUNS: readonly Run[] = [
  { revision: '2025-11-25', kind: 'both eras', complete: true },
  { revision: '2026-07-28', kind: 'both eras', complete: true },
  { revision: '2025-11-25', kind: 'stateless', complete: false },
]
const LONGEST_SHOWN = 120

/**
 * The official conformance suite, against a server and against the same server behind the proxy: no check may differ.
 * An argument picks one revision.
 */
let clean = true
await using stack = new AsyncDisposableStack()
const standalone = stack.adopt(await startStandalone(), (running) => running.stop())
const api = apiOf(standalone)
const gateway = await api.addGateway()
await api.permit(gateway.name, 'mcp.*', 'allow')
const [only] = process.argv.slice(2)
for (const run of RUNS)
  if (only === undefined || run.revision === only) clean = report(run, await runBothWays(run)) && clean
process.exitCode = clean ? 0 : 1

interface Run {
  readonly revision: string
  readonly kind: FixtureKind
  /**
   * Whether the server itself passes everything that counts. One without sessions cannot ask or notify: its failures
   * are there to stay the same.
   */
  readonly complete: boolean
}

interface BothWays {
  readonly direct: readonly Check[]
  readonly proxied: readonly Check[]
  readonly exchanges: readonly Difference[]
}

async function runBothWays({ kind, revision }: Run): Promise<BothWays> {
  await using own = new AsyncDisposableStack()
  const fixture = own.adopt(await startFixture(kind), (running) => running.stop())
  const upstream = await api.addUpstream(fixture.url)
  const forwarder = own.adopt(
    await startBearerForwarder(`${standalone.proxies[0]}/mcp/${upstream}`, gateway.token),
    (running) => running.stop(),
  )
  return {
    direct: await runSuite(fixture.url, revision),
    proxied: await runSuite(forwarder.url, revision),
    exchanges: await compareExchanges(fixture.url, forwarder.url),
  }
}

/** Whether the proxy changes nothing, and the server passes what it should. */
function report({ revision, kind, complete }: Run, { direct, proxied, exchanges }: BothWays): boolean {
  const title = `${revision} ${kind}`
  const differences = [...compareChecks(direct, proxied), ...exchanges]
  const failures = complete ? scored(direct, revision).filter(({ status }) => status === 'FAILURE') : []
  console.log(`${title}, direct:            ${countsOf(direct)}`)
  console.log(`${title}, through the proxy: ${countsOf(proxied)}`)
  console.log(
    `${title}, differences:       ${differences.length} in checks and ${EXCHANGES.length} further exchanges`,
  )
  show(failures.map((check) => ({ ...check, direct: check.status, proxied: '' })))
  show(differences)
  return failures.length === 0 && differences.length === 0
}

type Shown = Pick<Difference, 'scenario' | 'id' | 'direct' | 'proxied'> & { readonly errorMessage?: string }

function show(rows: readonly Shown[]): void {
  for (const { scenario, id, direct, proxied, errorMessage = '' } of rows) {
    console.log(`  ${scenario} ${id}: ${shortened(direct)} → ${shortened(proxied)}`)
    if (errorMessage !== '') console.log(`    ${shortened(errorMessage)}`)
  }
}

function shortened(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
}
