import { apiOf } from '../e2e/support/api.ts'
import { startStandalone } from '../e2e/support/standalone-composition.ts'
import { startBearerForwarder } from './bearer-forwarder.ts'
import { compareChecks, countsOf, type Difference } from './compare-checks.ts'
import { startFixture } from './fixture/start-fixture.ts'
import { type Check, runSuite } from './run-suite.ts'

const REVISIONS = ['2025-11-25']
const LONGEST_REASON = 120

/** The official conformance suite, against a server and against the same server behind the proxy: no check may differ. */
let clean = true
await using stack = new AsyncDisposableStack()
const fixture = stack.adopt(await startFixture(), (running) => running.stop())
const standalone = stack.adopt(await startStandalone(), (running) => running.stop())
const api = apiOf(standalone)
const gateway = await api.addGateway()
const upstream = await api.addUpstream(fixture.url)
await api.permit(gateway.name, 'mcp.*', 'allow')
const forwarder = stack.adopt(
  await startBearerForwarder(`${standalone.proxies[0]}/mcp/${upstream}`, gateway.token),
  (running) => running.stop(),
)

for (const revision of REVISIONS) {
  const direct = await runSuite(fixture.url, revision)
  const proxied = await runSuite(forwarder.url, revision)
  clean = report(revision, direct, proxied) && clean
}
process.exitCode = clean ? 0 : 1

/** Whether the fixture passes everything, and the proxy changes nothing. */
function report(revision: string, direct: readonly Check[], proxied: readonly Check[]): boolean {
  const differences = compareChecks(direct, proxied)
  const failures = direct.filter(({ status }) => status === 'FAILURE')
  console.log(`${revision} direct:            ${countsOf(direct)}`)
  console.log(`${revision} through the proxy: ${countsOf(proxied)}`)
  show(failures.map((check) => ({ ...check, direct: check.status, proxied: '' })))
  show(differences)
  console.log(`${revision} differences:       ${differences.length}`)
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
