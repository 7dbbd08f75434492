import { Command } from 'commander'
import { action } from '../context.ts'
import { example } from '../example.ts'
import { printable, table } from '../output.ts'
import type { PermissionRow } from '../permission-row.ts'
import { jsonArgument } from './json-argument.ts'

interface Tested {
  readonly gateway: string
  readonly upstream: string
  readonly action: string
  readonly lessSpecific: readonly string[]
  readonly risk: string
  readonly outcome: string
  readonly by: string
  readonly rule: string
  readonly reasons: readonly string[]
  readonly notes: readonly string[]
  readonly permissions: readonly PermissionRow[]
}

interface TestFlags {
  readonly gateway: string
  readonly upstream: string
  readonly action: string
  readonly args?: string
}

/** `sallyport permissions test`: what would become of an action, by which rule, and what the runners-up are. */
export function permissionsTestCommand(): Command {
  return example(
    new Command('test')
      .description('says what would become of an action, which rule decides and why, and the runners-up')
      .requiredOption('--gateway <name>', 'the agent')
      .requiredOption('--upstream <name>', 'the upstream that it would call')
      .requiredOption('--action <name>', 'the whole name of the action')
      .option('--args <json>', 'its arguments, for rules that read them'),
    'sallyport permissions test --gateway code-agent --upstream files --action mcp.tools.read_file',
    `sallyport permissions test --gateway code-agent --upstream files --action mcp.tools.write_file --args '{"path":"/srv/a"}'`,
  ).action(
    action(async ({ api, output }, { gateway, upstream, action: name, args }: TestFlags) => {
      const text = args === undefined ? undefined : jsonArgument('--args', args)
      const body = { gateway, upstream, action: name, arguments: text }
      const tested = await api.write<Tested>('POST', '/v1/permissions/test', body)
      output.object(tested, () => testedText(tested))
    }),
  )
}

function testedText({ permissions, ...tested }: Tested): string {
  const { outcome, action: name, gateway, upstream, by, rule, reasons, risk, lessSpecific, notes } = tested
  const wider = lessSpecific.length === 0 ? [] : [`wider names: ${lessSpecific.join(', ')}`]
  const facts = [
    `${outcome}: ${name} of ${gateway} on ${upstream}`,
    `decided by ${by}: ${rule}`,
    ...reasons.map((reason) => `  ${reason}`),
    `risk: ${risk}`,
    ...wider,
    ...notes.map((note) => `note: ${note}`),
  ]
  return [...facts.map(printable), '', rankedText(permissions)].join('\n')
}

function rankedText(permissions: readonly PermissionRow[]): string {
  if (permissions.length === 0) return 'no permission covers it'
  const rows = permissions.map((one, at) => [
    String(at + 1),
    one.decision,
    one.action,
    one.gateway,
    one.upstream ?? '*',
    one.connector,
    one.origin,
    one.id,
  ])
  const header = ['', 'DECISION', 'ACTION', 'GATEWAY', 'UPSTREAM', 'CONNECTOR', 'ORIGIN', 'ID']
  return `permissions that cover it, the one that wins first:\n${table(header, rows)}`
}
