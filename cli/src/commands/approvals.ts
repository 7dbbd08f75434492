import { Command } from 'commander'
import { action } from '../context.ts'
import { ApiProblem } from '../errors.ts'
import { example } from '../example.ts'
import { printable, table } from '../output.ts'
import { terminalOf } from '../watch/terminal.ts'
import { keysText, watchByKeys } from '../watch/watch.ts'
import { type Approval, factsText, nameOf } from './approval-description.ts'
import { editCommand, wholeDigest } from './approval-edit.ts'
import { approvalOutcome } from './approval-outcome.ts'
import { stagesText, votersText } from './approval-stages.ts'
import { statusHelp, statusOption, statusWord } from './approval-status.ts'
import { callLine } from './call-line.ts'
import { type GrantFlags, grantFlags, grantNote, grantOf } from './grant-flags.ts'
import { idArgument } from './id-argument.ts'
import { type ListFlags, listFlags, listOf } from './paging.ts'
import { argumentsText, partText, type ShownPart } from './shown-arguments.ts'

/** `sallyport approvals list|show|edit|approve|deny|revoke|watch`: the calls that wait for a person. */
export function approvalsCommand(): Command {
  const command = new Command('approvals').description('calls that wait for a person')
  command.addCommand(
    example(
      listFlags(new Command('list').description('lists what waits'))
        .addOption(statusOption())
        .option('--gateway <name>', 'of one agent')
        .addHelpText('after', statusHelp()),
      'sallyport approvals list',
      'sallyport approvals list --status used --gateway code-agent',
    ).action(
      action(async ({ api, output }, flags: ListFlags & { status?: string; gateway?: string }) => {
        const { status, gateway } = flags
        const page = await listOf<Approval>(api, '/v1/approvals', flags, { status, gateway })
        const rows = page.items.map((item) => [
          item.approvalId,
          statusWord(item.status),
          nameOf(item),
          item.upstream,
          item.action,
          item.risk,
          callLine(item),
          approvalOutcome(item),
        ])
        output.list(page, () =>
          table(['ID', 'STATUS', 'GATEWAY', 'UPSTREAM', 'ACTION', 'RISK', 'ARGUMENTS', 'OUTCOME'], rows),
        )
      }),
    ),
  )
  command.addCommand(
    example(
      new Command('show').description('shows one call with its arguments').argument('<id>'),
      'sallyport approvals show 0198c0de-0000-7000-8000-000000000000',
    ).action(
      action(async ({ api, output }, id: string) => {
        const approval = await api.get<Approval>(pathOf(id))
        output.object(approval, () => described(approval))
      }),
    ),
  )
  command.addCommand(revealCommand())
  command.addCommand(editCommand(pathOf, summary))
  command.addCommand(commentCommand())
  command.addCommand(voteCommand('approve', 'lets the call go on, once'))
  command.addCommand(voteCommand('deny', 'refuses the call'))
  command.addCommand(revokeCommand())
  command.addCommand(
    example(
      new Command('watch')
        .description('shows each call that waits with its arguments, and answers by keys')
        .addHelpText('after', WATCH_HELP),
      'sallyport approvals watch',
      'sallyport approvals watch --json',
    ).action(
      action(async ({ api, output, signal }) => {
        const terminal = output.json ? undefined : terminalOf(process.stdin, process.stdout)
        if (terminal) return watchByKeys({ api, terminal, signal })
        for await (const approval of api.stream<Approval>('/v1/approvals/stream', {}, signal)) {
          output.object(approval, () => summary(approval))
        }
      }),
    ),
  )
  return command
}

const WATCH_HELP = `
Without a terminal, or with --json, every change is a line as it happens.

${keysText()}`

/** `sallyport approvals reveal ID [PLACE...]`: secrets that are masked elsewhere. */
function revealCommand(): Command {
  return example(
    new Command('reveal')
      .description('shows the masked secrets of a call that waits; who had them shown is recorded')
      .argument('<id>')
      .argument('[places...]', 'as approvals show names them; all without any'),
    'sallyport approvals reveal 0198c0de-0000-7000-8000-000000000000 /arguments/command',
  ).action(
    action(async ({ api, output }, id: string, places: string[]) => {
      const body = { places: places.length === 0 ? [''] : places }
      const path = `${pathOf(id)}/reveal`
      const revealed = await api.write<{ parts: readonly ShownPart[] }>('POST', path, body)
      output.object(revealed, () => revealed.parts.map(partText).join('\n'))
    }),
  )
}

/** `sallyport approvals revoke ID`: also after it was approved, until it is used. */
function revokeCommand(): Command {
  return example(
    new Command('revoke')
      .description('takes a call back until it is used, and the grant that was given with it')
      .argument('<id>')
      .option('--reason <text>', 'kept in the record'),
    'sallyport approvals revoke 0198c0de-0000-7000-8000-000000000000 --reason "the wrong one"',
  ).action(
    action(async ({ api, output }, id: string, { reason }: Pick<VoteFlags, 'reason'>) => {
      const body = reason ? { reason } : {}
      const approval = await api.write<Approval>('POST', `${pathOf(id)}/revoke`, body)
      output.object(approval, () => summary(approval))
    }),
  )
}

/** `sallyport approvals comment ID TEXT`: for the others who look at it. */
function commentCommand(): Command {
  return example(
    new Command('comment')
      .description('says something about a call to the others who look at it; the agent is not told')
      .argument('<id>')
      .argument('<text>'),
    'sallyport approvals comment 0198c0de-0000-7000-8000-000000000000 "is this the right repository?"',
  ).action(
    action(async ({ api, output }, id: string, text: string) => {
      const approval = await api.write<Approval>('POST', `${pathOf(id)}/comments`, { text })
      output.object(approval, () => `commented on ${approval.approvalId}`)
    }),
  )
}

interface VoteFlags extends GrantFlags {
  readonly reason?: string
  readonly confirm?: boolean
  readonly digest?: string
}

function voteCommand(vote: 'approve' | 'deny', description: string): Command {
  const command = new Command(vote)
    .description(description)
    .argument('<id>')
    .option('--reason <text>', 'kept in the record and told to the agent')
    .option('--digest <digest>', 'of an edited call, as approvals show tells it')
  if (vote === 'approve')
    grantFlags(
      command.option('--confirm', 'also where parts of the call are only to be seen with approvals show'),
    )
  const id = '0198c0de-0000-7000-8000-000000000000'
  return example(
    command,
    `sallyport approvals ${vote} ${id} --reason "checked with the owner"`,
    ...(vote === 'approve' ? [`sallyport approvals approve ${id} --for 1h --session`] : []),
  ).action(
    action(async ({ api, output }, id: string, flags: VoteFlags) => {
      const { reason, confirm, digest: digits } = flags
      const digest = digits && wholeDigest(await api.get<Approval>(pathOf(id)), digits)
      const said = { ...(reason && { reason }), ...(confirm && { confirm }), ...(digest && { digest }) }
      const body = { ...said, ...grantOf(flags) }
      const path = `${pathOf(id)}/${vote}`
      const approval = await api.write<Approval>('POST', path, body).catch((refusal: unknown) => {
        if (refusal instanceof ApiProblem) for (const line of unseenLines(id, refusal)) output.note(line)
        throw refusal
      })
      output.object(approval, () => summary(approval))
      if (body.grant !== undefined) output.note(grantNote(approval))
    }),
  )
}

function unseenLines(id: string, { problem }: ApiProblem): string[] {
  const parts = problem.unseen ?? []
  if (parts.length === 0) return []
  return [
    ...parts.map(({ place, characters }) => `not shown: ${place} (${characters} characters)`),
    `look at all of it with: sallyport approvals show ${id}`,
    'and then approve it with --confirm',
  ]
}

/** Throws UsageError where it is not an id. */
function pathOf(id: string): string {
  return `/v1/approvals/${idArgument(id, 'sallyport approvals list')}`
}

function summary(approval: Approval): string {
  const { approvalId, upstream, action: name, status } = approval
  const stages = status === 'pending' ? stagesText(approval) : ''
  const came = `${statusWord(status)}${answerer(approval)}${stages === '' ? '' : `: ${stages}`}`
  return printable([approvalId, nameOf(approval), upstream, name, came, callLine(approval)].join(' | '))
}

/** The person answered; the gateway, and nobody else, has used what was approved. */
function answerer(approval: Approval): string {
  const { status, answeredBy } = approval
  if (!answeredBy) return ''
  if (status === 'denied') return ` by ${answeredBy}`
  const by = votersText(approval) || answeredBy
  return status === 'approved' ? ` by ${by}` : ` (answered by ${by})`
}

function described(approval: Approval): string {
  return `${factsText(approval)}\n${argumentsText(approval)}`
}
