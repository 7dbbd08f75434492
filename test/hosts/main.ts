import { startStandalone } from '../e2e/support/standalone-composition.ts'
import { HOSTS, type Host } from './hosts.ts'
import { installHosts, VERSIONS } from './installed.ts'
import { type Finding, type Transport, tryHost } from './scenario.ts'

/**
 * `npm run test:hosts [-- --seconds N] [--only NAME]`: real agent hosts, driven by a model that follows a script, are
 * set up by `sallyport setup` and go through Sallyport over HTTP and over the wrapper. A call is held for 75 s unless
 * told otherwise. Ends with 1 when a claim does not hold.
 */
const seconds = Number(option('--seconds') ?? 75)
const only = option('--only')

installHosts()
const standalone = await startStandalone()
const rows: string[] = []
// One host after the other: many at the same time make each other late on a small machine.
for (const host of HOSTS.filter(({ setup }) => only === undefined || setup === only)) {
  const both = (['HTTP', 'wrapper'] as const).map((transport) => rowOf(host, transport))
  rows.push(...(await Promise.all(both)))
}
await standalone.stop()

console.log(`\nSet up by \`sallyport setup\`; a call is held for ${seconds} s, then approved:\n`)
console.log('| host | over | lists | allowed | denied | held |')
console.log('|---|---|---|---|---|---|')
console.log(rows.join('\n'))

async function rowOf(host: Host, transport: Transport): Promise<string> {
  const name = `${host.package} ${VERSIONS[host.package]}`
  const findings = await tryHost(host, transport, standalone, seconds * 1000)
  for (const { claim, seen } of findings.filter(({ holds }) => !holds)) {
    process.exitCode = 1
    console.error(`${name}, ${transport}: ${claim}: NOT SO\n${seen}\n`)
  }
  return `| ${name} | ${transport} | ${findings.map(cell).join(' | ')} |`
}

function cell({ holds, calls }: Finding): string {
  if (!holds) return '**no**'
  return calls > 1 ? `yes, ${calls} calls` : 'yes'
}

function option(name: string): string | undefined {
  const at = process.argv.indexOf(name)
  return at < 0 ? undefined : process.argv[at + 1]
}
