import { Command } from 'commander'
import { action } from '../context.ts'
import { example } from '../example.ts'
import { printable, table } from '../output.ts'
import { shownTime } from '../shown-time.ts'
import { credentialText } from './credential-flags.ts'
import { type ListFlags, listFlags, listOf } from './paging.ts'
import { upstreamAddCommand } from './upstream-add.ts'
import { upstreamProbeCommand } from './upstream-probe.ts'
import { targetText, type Upstream } from './upstream-view.ts'

interface UpstreamDetail extends Upstream {
  readonly permissions: readonly {
    readonly gateway: string
    readonly action: string
    readonly decision: string
    readonly id: string
  }[]
  readonly killSwitches: readonly { readonly scope: string; readonly since: string; readonly by: string }[]
  readonly catalog: readonly { readonly kind: string; readonly offered: number; readonly differing: number }[]
}

/** `sallyport upstream add|list|show|probe|remove`: the servers and domains that agents reach through Sallyport. */
export function upstreamCommand(): Command {
  const command = new Command('upstream').description(
    'servers and domains that agents reach through Sallyport',
  )
  for (const one of [
    upstreamAddCommand(),
    listCommand(),
    showCommand(),
    upstreamProbeCommand(),
    removeCommand(),
  ])
    command.addCommand(one)
  return command
}

function listCommand(): Command {
  return example(
    listFlags(new Command('list').description('lists the upstreams')),
    'sallyport upstream list',
  ).action(
    action(async ({ api, output }, flags: ListFlags) => {
      const page = await listOf<Upstream>(api, '/v1/upstreams', flags)
      const rows = page.items.map(({ name, connector, target, credential }) => [
        name,
        connector,
        targetText(target),
        credentialText(credential),
      ])
      output.list(page, () => table(['NAME', 'CONNECTOR', 'TARGET', 'CREDENTIAL'], rows))
    }),
  )
}

function showCommand(): Command {
  return example(
    new Command('show')
      .description('shows an upstream: its target, the permissions for it, what stops it, what it offers')
      .argument('<name>'),
    'sallyport upstream show files',
  ).action(
    action(async ({ api, output }, name: string) => {
      const upstream = await api.get<UpstreamDetail>(`/v1/upstreams/${encodeURIComponent(name)}`)
      output.object(upstream, () => detailText(upstream))
    }),
  )
}

function removeCommand(): Command {
  return example(
    new Command('remove')
      .description('forgets an upstream, what it offered and the permissions for it')
      .argument('<name>'),
    'sallyport upstream remove files',
  ).action(
    action(async ({ api, output }, name: string) => {
      await api.write('DELETE', `/v1/upstreams/${encodeURIComponent(name)}`)
      output.object({ name, removed: true }, () => `removed upstream ${name}`)
    }),
  )
}

function detailText(upstream: UpstreamDetail): string {
  const { name, connector, id, path, target, credential, metaKeys = [], createdAt } = upstream
  const facts = [
    ['name', name],
    ['connector', connector],
    ['id', id],
    ['path', `${path} on the proxy`],
    ['target', targetText(target)],
    ['credential', credentialText(credential) || 'none'],
    ...(metaKeys.length === 0 ? [] : [['_meta keys', metaKeys.join(', ')]]),
    ['added', shownTime(createdAt)],
    ...upstream.catalog.map(({ kind, offered, differing }) => [
      `${kind}s`,
      differing === 0
        ? String(offered)
        : `${offered}, ${differing} of them not as accepted: sallyport catalog diff --upstream ${name}`,
    ]),
    ...upstream.killSwitches.map(({ scope, since, by }) => [
      'stopped',
      `${scope} since ${shownTime(since)} by ${by}`,
    ]),
  ]
  const width = Math.max(...facts.map(([label = '']) => label.length))
  const lines = facts.map(([label = '', value = '']) => `${label.padEnd(width)}  ${printable(value)}`)
  const rows = upstream.permissions.map((one) => [one.gateway, one.action, one.decision, one.id])
  if (rows.length === 0) return [...lines, 'no permission is for this upstream alone'].join('\n')
  return [...lines, '', table(['GATEWAY', 'ACTION', 'DECISION', 'ID'], rows)].join('\n')
}
