import { apiOf } from '../e2e/support/api.ts'
import { startStandalone } from '../e2e/support/standalone-composition.ts'
import { startBearerForwarder } from './bearer-forwarder.ts'
import { compareChecks, countsOf, type Difference } from './compare-checks.ts'
import { compareExchanges } from './compare-exchanges.ts'
import { EXCHANGES } from './exchanges.ts'
import { FIXTURE_KINDS, type FixtureKind, startFixture } from './fixture/start-fixture.ts'
import { type Check, runSuite } from './run-suite.ts'

const REVISIONS = ['2025-11-25']
const LONGEST_REASON = 120

/** The official conformance suite, against a server and against the same server behind the proxy: no check may differ. */
let clean = true
await using stack = new AsyncDisposableStack()
const standalone = stack.adopt(await startStandalone(), (running) => running.stop())
const api = apiOf(standalone)
const gateway = await api.addGateway()
await api.permit(gateway.name, 'mcp.*', 'allow')
for (const revision of REVISIONS)
  for (const kind of FIXTURE_KINDS) {
    const runs = await runBothWays(kind, revision)
    clean = report(`${revision} ${kind}`, kind, runs) && clean
  }
process.exitCode = clean ? 0 : 1

interface BothWays {
  readonly direct: readonly Check[]
  readonly proxied: readonly Check[]
  readonly exchanges: readonly Difference[]
}

async function runBothWays(kind: FixtureKind, revision: string): Promise<BothWays> {
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

/**
 * Whether the proxy changes nothing, and the fixture passes everything: the one with sessions, that is. Without them
 * a server cannot ask or notify, and its failures are there to stay the same.
 */
function report(title: string, kind: FixtureKind, { direct, proxied, exchanges }: BothWays): boolean {
  const differences = [...compareChecks(direct, proxied), ...exchanges]
  const failures = kind === 'sessions' ? direct.filter(({ status }) => status === 'FAILURE') : []
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
  if (rows.length === 0) return
  console.table(
    rows.map(({ scenario, id, direct, proxied, errorMessage = '' }) => {
      const reason =
        errorMessage.length > LONGEST_REASON ? `${errorMessage.slice(0, LONGEST_REASON)}…` : errorMessage
      return { scenario, id, direct, proxied, reason }
    }),
  )
}
