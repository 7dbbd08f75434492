import { fileURLToPath } from 'node:url'
import { apiOf } from '../e2e/support/api.ts'
import { startStandalone } from '../e2e/support/standalone-composition.ts'
import { startBearerForwarder } from './bearer-forwarder.ts'
import { THROUGH, type Through } from './client/route.ts'
import { compareChecks, type Difference } from './compare-checks.ts'
import { compareExchanges } from './compare-exchanges.ts'
import { type FixtureKind, startFixture } from './fixture/start-fixture.ts'
import { report } from './report.ts'
import { type Run, runBothWays } from './run-both-ways.ts'
import { type Check, runSuite, type Subject } from './run-suite.ts'

/**
 * The official conformance suite, straight and through the proxy. Its findings on a server and on a client must be the
 * same, check for check. An argument picks one revision.
 */
const REVISIONS = ['2025-11-25', '2026-07-28']
const CLIENT: Subject = [
  'client',
  '--command',
  `${process.execPath} ${fileURLToPath(new URL('client/main.ts', import.meta.url))}`,
]

let clean = true
await using stack = new AsyncDisposableStack()
const standalone = stack.adopt(await startStandalone(), (running) => running.stop())
const api = apiOf(standalone)
const gateway = await api.addGateway()
await api.permit(gateway.name, 'mcp.*', 'allow')
const [proxy = ''] = standalone.proxies
const through: Through = {
  api: standalone.api,
  adminToken: standalone.adminToken,
  proxy,
  gatewayToken: gateway.token,
}

const [only] = process.argv.slice(2)
for (const revision of REVISIONS) {
  if (only !== undefined && only !== revision) continue
  clean = (await compareServer('both eras', revision, { complete: true })) && clean
  // One without sessions cannot ask or notify: its failures are there to stay the same.
  if (revision === '2025-11-25')
    clean = (await compareServer('stateless', revision, { complete: false })) && clean
  clean = (await compareClient(revision)) && clean
}
process.exitCode = clean ? 0 : 1

async function compareServer(
  kind: FixtureKind,
  revision: string,
  { complete }: { readonly complete: boolean },
): Promise<boolean> {
  await using own = new AsyncDisposableStack()
  const fixture = own.adopt(await startFixture(kind), (running) => running.stop())
  const upstream = await api.addUpstream(fixture.url)
  const forwarder = own.adopt(
    await startBearerForwarder(`${proxy}/mcp/${upstream}`, gateway.token),
    (running) => running.stop(),
  )
  const run =
    (url: string): Run =>
    (scenario) =>
      runSuite(['server', '--url', url], revision, { scenario })
  const { direct, proxied } = await runBothWays(revision, complete, run(fixture.url), run(forwarder.url))
  const exchanges: readonly Difference[] = await compareExchanges(fixture.url, forwarder.url)
  const differences = [...compareChecks(direct, proxied), ...exchanges]
  return report({ title: `${revision} server (${kind})`, revision, complete, direct, proxied, differences })
}

async function compareClient(revision: string): Promise<boolean> {
  // An INFO tells what the suite's server was sent, and judges nothing; how often a document was asked for is told by
  // as many checks, and is the client's and the proxy's own business.
  const judged = (checks: readonly Check[]) => {
    const once = new Map(checks.map((check) => [`${check.scenario} ${check.id} ${check.status}`, check]))
    return [...once.values()].filter(({ status }) => status !== 'INFO')
  }
  const run =
    (environment: Readonly<Record<string, string>>): Run =>
    async (scenario) =>
      judged(await runSuite(CLIENT, revision, { scenario, environment }))
  const proxiedRun = run({ [THROUGH]: JSON.stringify(through) })
  const { direct, proxied } = await runBothWays(revision, true, run({}), proxiedRun)
  const differences = compareChecks(direct, proxied)
  return report({ title: `${revision} client`, revision, complete: true, direct, proxied, differences })
}
