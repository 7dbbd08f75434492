import { DECISIONS } from '@sallyport/policy/words'
import { Command, Option } from 'commander'
import { action } from '../context.ts'
import { example } from '../example.ts'
import { table } from '../output.ts'
import { type PermissionRow, termsLine } from '../permission-row.ts'
import { remarkUnknownGateway } from './known-names.ts'
import { type ListFlags, listFlags, listOf } from './paging.ts'
import { permissionsTestCommand } from './permissions-test.ts'

interface ApprovalFlags {
  readonly approval?: string
  readonly answerWithin?: string
  readonly useWithin?: string
  readonly remindAfter?: string
  readonly escalateAfter?: string
  readonly escalateTo?: string
  readonly grants?: string
}

interface SetFlags extends ApprovalFlags {
  readonly gateway: string
  readonly upstream?: string
  readonly connector?: string
  readonly action: string
  readonly decision: string
}

interface PermissionFilters extends Partial<Omit<SetFlags, keyof ApprovalFlags>> {
  readonly origin?: string
}

interface PermissionSet extends PermissionRow {
  /** Why it may have no effect; absent where nothing is to be said. */
  readonly notes?: readonly string[]
}

/** `sallyport permissions set|remove|list|test`: the most specific wins, and what nothing permits is denied. */
export function permissionsCommand(): Command {
  const command = new Command('permissions').description(
    'what each agent may do; the most specific wins, and what nothing permits is denied',
  )
  command.addCommand(
    example(
      new Command('set')
        .description('sets what an agent may do')
        .requiredOption('--gateway <name>', 'the agent, or * for every agent')
        .option('--upstream <name>', 'one upstream; it wins over permissions for its kind')
        .option('--connector <kind>', 'every upstream of a kind, such as mcp or http (default: every kind)')
        .requiredOption('--action <pattern>', 'an action, * for any run of characters')
        .addOption(
          new Option('--decision <decision>', 'what then happens').choices(DECISIONS).makeOptionMandatory(),
        )
        .option(
          '--approval <stages>',
          'whose votes require_approval takes, of group:NAME, role:NAME, person:NAME or anyone (default: "1 of anyone")',
        )
        .option('--answer-within <time>', 'how long it may be answered, such as 90s, 15m, 2h or 1d')
        .option('--use-within <time>', 'how long it may be used once it was approved')
        .option('--remind-after <time>', 'when those who have not answered are reminded')
        .option('--escalate-after <time>', 'when others may answer as well, before the end')
        .option('--escalate-to <selectors>', 'those others, such as "group:managers or role:owner"')
        .option('--grants <time>', 'the longest grant that approvers may give, such as 1h, or none'),
      'sallyport permissions set --gateway code-agent --connector mcp --action "mcp.tools.read_*" --decision allow',
      'sallyport permissions set --gateway code-agent --upstream files --action "mcp.tools.write_*" --decision deny',
      'sallyport permissions set --gateway "*" --action "mcp.tools.delete_*" --decision require_approval --approval "2 of group:finance then 1 of group:security" --answer-within 15m --escalate-after 10m --escalate-to group:managers',
    ).action(
      action(async (context, flags: SetFlags) => {
        const { api, output } = context
        const { gateway, upstream, connector, action: pattern, decision } = flags
        const asked = approvalOf(flags)
        const body = { gateway, upstream, connector, action: pattern, decision, ...asked }
        const permission = await api.write<PermissionSet>('PUT', '/v1/permissions', body)
        output.object(
          permission,
          () =>
            `${permission.decision} ${permission.action} for ${permission.gateway} on ${reachText(permission)}${permission.approval ? `: ${termsLine(permission.approval)}` : ''}`,
        )
        for (const note of permission.notes ?? []) output.note(`note: ${note}`)
        await remarkUnknownGateway(context, gateway)
      }),
    ),
  )
  command.addCommand(
    example(
      new Command('remove').description('removes a permission').argument('<id>'),
      'sallyport permissions remove 0198c0de-0000-7000-8000-000000000000',
    ).action(
      action(async ({ api, output }, id: string) => {
        await api.write('DELETE', `/v1/permissions/${encodeURIComponent(id)}`)
        output.object({ id, removed: true }, () => `removed permission ${id}`)
      }),
    ),
  )
  command.addCommand(
    example(
      listFlags(
        new Command('list')
          .description('lists permissions, built-in ones last')
          .option('--gateway <name>', "set for one agent, or '*' for those of every agent")
          .option('--upstream <name>', 'for one upstream alone')
          .option('--connector <kind>', 'for a kind of upstream')
          .option(
            '--action <pattern>',
            'whose pattern is this one or lies in it, * for any run of characters',
          )
          .addOption(new Option('--decision <decision>').choices(DECISIONS))
          .addOption(
            new Option('--origin <origin>', 'set by somebody, or built in').choices(['explicit', 'builtin']),
          ),
      ),
      'sallyport permissions list',
      'sallyport permissions list --gateway code-agent --decision deny',
    ).action(
      action(async ({ api, output }, flags: PermissionFilters & ListFlags) => {
        const { gateway, upstream, connector, action: pattern, decision, origin } = flags
        const filters = { gateway, upstream, connector, action: pattern, decision, origin }
        const page = await listOf<PermissionSet>(api, '/v1/permissions', flags, filters)
        const rows = page.items.map((item) => [
          item.gateway,
          item.upstream ?? '*',
          item.connector,
          item.action,
          item.decision,
          item.approval ? termsLine(item.approval) : '',
          item.origin,
          item.id,
        ])
        output.list(page, () =>
          table(['GATEWAY', 'UPSTREAM', 'CONNECTOR', 'ACTION', 'DECISION', 'APPROVAL', 'ORIGIN', 'ID'], rows),
        )
        for (const { gateway: of, action: what, notes = [] } of page.items)
          for (const note of notes) output.note(`note: ${what} for ${of}: ${note}`)
      }),
    ),
  )
  command.addCommand(permissionsTestCommand())
  return command
}

/** Undefined where none of it is said. Times and fallback alone are of one vote of anyone. */
function approvalOf(flags: ApprovalFlags): { readonly approval?: object } {
  const { approval, answerWithin, useWithin, remindAfter, escalateAfter, escalateTo, grants } = flags
  const rest = { answerWithin, useWithin, remindAfter, escalateAfter, escalateTo, grants }
  if (approval === undefined && Object.values(rest).every((one) => one === undefined)) return {}
  return { approval: { stages: approval ?? '1 of anyone', ...rest } }
}

function reachText({ upstream, connector }: PermissionRow): string {
  if (upstream !== null) return `upstream ${upstream}`
  return connector === '*' ? 'every upstream' : `every ${connector} upstream`
}
