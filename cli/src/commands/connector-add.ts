import { Command } from 'commander'
import { action } from '../context.ts'
import { UsageError } from '../errors.ts'
import { example } from '../example.ts'
import { addedText } from './upstream-add.ts'
import { foundText, type Probe, probeAfterAdding } from './upstream-probe.ts'
import type { Upstream } from './upstream-view.ts'

interface AddFlags {
  readonly domains: string
  readonly name?: string
  readonly tokenEnv?: string
}

/** A host name in lower case, with a port unless it is the port of https. */
const DOMAIN =
  /^(?=.{1,253}(?::|$))[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::\d{1,5})?$/
const LONGEST_NAME = 63

/**
 * `sallyport connector add KIND --domains D[,D…]`: registers an upstream for each domain, as every upstream has one
 * address. A single one is called by the kind or `--name`; of several each has its domain after that.
 */
export function connectorAddCommand(): Command {
  return example(
    new Command('add')
      .description('registers an upstream of a kind for each of the domains')
      .argument('<kind>', 'see sallyport connector list')
      .requiredOption('--domains <domains>', 'host names, separated by commas')
      .option(
        '--name <name>',
        'the name of the upstream (default: the kind); for several domains, the beginning of each name',
      )
      .option(
        '--token-env <variable>',
        "the proxy's environment variable with the credential of these domains",
      ),
    'sallyport connector add http --domains api.example.test --token-env API_TOKEN',
    'sallyport connector add http --name shop --domains api.example.test,files.example.test',
  ).action(
    action(async (context, kind: string, { domains, name = kind, tokenEnv }: AddFlags) => {
      const { api, output } = context
      const wanted = namedDomains(domains, name)
      const { address } = await api.get<{ address: string }>(`/v1/connectors/${encodeURIComponent(kind)}`)
      const credential = tokenEnv === undefined ? null : { kind: 'env', variable: tokenEnv }
      const added: (Upstream & { readonly probe: Probe | null })[] = []
      for (const [upstream, domain] of wanted) {
        const target = { kind: 'http', url: address.replace('<domain>', domain) }
        const body = { connector: kind, name: upstream, target, credential }
        const one = await api.write<Upstream>('POST', '/v1/upstreams', body)
        added.push({ ...one, probe: await probeAfterAdding(context, upstream) })
      }
      output.object({ items: added }, () =>
        added.flatMap((one) => [addedText(one), ...foundText(one.name, one.probe)]).join('\n'),
      )
    }),
  )
}

/** Each upstream's name with its domain. Throws UsageError before anything is registered. */
function namedDomains(text: string, name: string): ReadonlyMap<string, string> {
  const domains = [...new Set(text.split(',').map((domain) => domain.trim().toLowerCase()))]
  const wrong = domains.find((domain) => !DOMAIN.test(domain))
  if (wrong !== undefined)
    throw new UsageError(
      `"${wrong}" is not a domain: give host names such as api.example.test, separated by commas`,
    )
  if (domains.length === 1) return new Map(domains.map((domain) => [name, domain]))
  const named = new Map(domains.map((domain) => [`${name}-${domain.replace(':', '-')}`, domain]))
  if ([...named.keys()].some((one) => one.length > LONGEST_NAME))
    throw new UsageError(
      `a name would have over ${LONGEST_NAME} characters; add these domains one by one with --name`,
    )
  return named
}
