import { Command, Option } from 'commander'
import { action } from '../context.ts'
import { UsageError } from '../errors.ts'
import { example } from '../example.ts'
import { printable, table } from '../output.ts'
import { shownTime } from '../shown-time.ts'
import { type ListFlags, listFlags, listOf } from './paging.ts'

interface Grant {
  readonly grantId: string
  readonly approvalId: string
  readonly status: string
  readonly gateway: { readonly name: string }
  readonly upstream: string
  readonly action: string
  readonly rule: string
  readonly text: string
  readonly approvers: readonly string[]
  readonly givenAt: string
  readonly until: string
  readonly used: number
  readonly usesLeft: number | null
  readonly lastUsedAt: string | null
  readonly endedAt: string | null
  readonly endedBy: string | null
  readonly endReason: string | null
}

const ID = /^g-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const SAMPLE = 'g-0198c0de-0000-7000-8000-000000000000'

/** `sallyport grant list|show|revoke`: the calls that people have approved in advance. */
export function grantCommand(): Command {
  const command = new Command('grant').description('calls that people have approved in advance')
  command.addCommand(
    example(
      listFlags(
        new Command('list')
          .description('lists what is granted now')
          .addOption(
            new Option('--status <status>')
              .choices(['open', 'ended', 'all'])
              .default('open', 'those that are open'),
          )
          .option('--gateway <name>', 'of one agent'),
      ),
      'sallyport grant list',
      'sallyport grant list --status all --gateway code-agent',
    ).action(
      action(async ({ api, output }, flags: ListFlags & { status: string; gateway?: string }) => {
        const { status, gateway } = flags
        const page = await listOf<Grant>(api, '/v1/grants', flags, { status, gateway })
        const rows = page.items.map((item) => [
          item.grantId,
          item.status,
          item.gateway.name,
          item.upstream,
          item.action,
          item.text,
          item.approvers.join(', '),
          usesText(item),
          shownTime(item.endedAt ?? item.until),
        ])
        output.list(page, () =>
          table(['ID', 'STATUS', 'GATEWAY', 'UPSTREAM', 'ACTION', 'GRANTED', 'BY', 'USED', 'UNTIL'], rows),
        )
      }),
    ),
  )
  command.addCommand(
    example(
      new Command('show').description('shows one grant').argument('<id>'),
      `sallyport grant show ${SAMPLE}`,
    ).action(
      action(async ({ api, output }, id: string) => {
        const grant = await api.get<Grant>(pathOf(id))
        output.object(grant, () => described(grant))
      }),
    ),
  )
  command.addCommand(
    example(
      new Command('revoke')
        .description('ends a grant: the next call that it covered waits for a person again')
        .argument('<id>')
        .option('--reason <text>', 'kept in the record'),
      `sallyport grant revoke ${SAMPLE} --reason "the release is out"`,
    ).action(
      action(async ({ api, output }, id: string, { reason }: { reason?: string }) => {
        const grant = await api.write<Grant>('POST', `${pathOf(id)}/revoke`, reason ? { reason } : {})
        output.object(grant, () => `revoked ${grant.grantId}, which was used ${usesText(grant)}`)
      }),
    ),
  )
  return command
}

function pathOf(id: string): string {
  if (ID.test(id)) return `/v1/grants/${id}`
  throw new UsageError(`${JSON.stringify(id)} is not the id of a grant; sallyport grant list shows them`)
}

function usesText({ used, usesLeft }: Grant): string {
  return usesLeft === null ? `${used} times` : `${used} of ${used + usesLeft}`
}

function described(grant: Grant): string {
  const lines: [string, string][] = [
    ['grant', grant.grantId],
    ['status', grant.status],
    ['gateway', grant.gateway.name],
    ['upstream', grant.upstream],
    ['action', grant.action],
    ['granted', grant.text],
    ['by', grant.approvers.join(', ')],
    ['rule', grant.rule],
    ['approval', grant.approvalId],
    ['given', shownTime(grant.givenAt)],
    ['until', shownTime(grant.until)],
    ['used', `${usesText(grant)}${grant.lastUsedAt === null ? '' : `, last ${shownTime(grant.lastUsedAt)}`}`],
    ...endLines(grant),
  ]
  return lines.map(([name, value]) => `${name.padEnd(12)} ${printable(value)}`).join('\n')
}

function endLines({ endedAt, endedBy, endReason }: Grant): [string, string][] {
  if (endedAt === null) return []
  const by = endedBy === null ? '' : ` by ${endedBy}: ${endReason}`
  return [['ended', `${shownTime(endedAt)}${by}`]]
}
