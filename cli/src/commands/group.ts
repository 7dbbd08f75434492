import { Command } from 'commander'
import { action } from '../context.ts'
import { example } from '../example.ts'
import { table } from '../output.ts'
import { type ListFlags, listFlags, listOf } from './paging.ts'

interface Group {
  readonly name: string
  readonly members: readonly string[]
  readonly answerers: readonly string[]
  readonly permissions: number
}

/** `sallyport group list`: which groups there are, and who is in them. */
export function groupCommand(): Command {
  const command = new Command('group').description(
    'groups of people; one is there as long as somebody is in it',
  )
  command.addCommand(
    example(
      listFlags(
        new Command('list').description('lists groups with their members, and those that nobody is in'),
      ),
      'sallyport group list',
    ).action(
      action(async ({ api, output }, flags: ListFlags) => {
        const page = await listOf<Group>(api, '/v1/groups', flags)
        const rows = page.items.map((group) => [
          group.name,
          group.members.join(', ') || 'nobody',
          group.permissions === 0 ? '' : String(group.permissions),
        ])
        output.list(page, () => table(['GROUP', 'MEMBERS', 'PERMISSIONS'], rows))
        const idle = page.items.filter((group) => group.permissions > 0 && group.answerers.length === 0)
        for (const { name } of idle)
          output.note(`note: permissions ask approvals of ${name}, and nobody in it can answer`)
      }),
    ),
  )
  return command
}
