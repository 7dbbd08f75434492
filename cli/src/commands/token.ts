import { Command, Option } from 'commander'
import { action } from '../context.ts'
import { example } from '../example.ts'
import { table } from '../output.ts'
import { shownTime } from '../shown-time.ts'
import { type ListFlags, listFlags, listOf } from './paging.ts'

interface Token {
  readonly id: string
  readonly name: string
  readonly scope: string | null
  readonly holder: { readonly type: string } | null
  readonly expiresAt: string | null
  readonly token?: string
  readonly createdAt: string
  readonly revokedAt: string | null
}

/** `sallyport token add|revoke|list`: tokens of the API. */
export function tokenCommand(): Command {
  const command = new Command('token').description(
    'tokens of the API: those of people and bots, and ones of their own',
  )
  command.addCommand(
    example(
      new Command('add')
        .description(
          'issues a token of its own; prints it once. It is in no group: person add gives one that is',
        )
        .argument('<name>', 'the record names it so')
        .addOption(
          new Option('--scope <scope>', 'what it may do')
            .choices(['admin', 'approver', 'analyst', 'bot'])
            .makeOptionMandatory(),
        ),
      'sallyport token add dana --scope approver',
    ).action(
      action(async ({ api, output }, name: string, flags: { scope: string }) => {
        const token = await api.write<Token>('POST', '/v1/tokens', { name, scope: flags.scope })
        output.object(
          token,
          () => `issued ${token.scope} token for ${token.name}\ntoken: ${token.token}\nIt is shown only now.`,
        )
      }),
    ),
  )
  command.addCommand(
    example(
      new Command('revoke').description('ends a token at once').argument('<name>'),
      'sallyport token revoke dana',
    ).action(
      action(async ({ api, output }, name: string) => {
        await api.write('DELETE', `/v1/tokens/${encodeURIComponent(name)}`)
        output.object({ name, revoked: true }, () => `revoked token ${name}`)
      }),
    ),
  )
  command.addCommand(
    example(
      listFlags(new Command('list').description('lists tokens, never their text')),
      'sallyport token list',
    ).action(
      action(async ({ api, output }, flags: ListFlags) => {
        const page = await listOf<Token>(api, '/v1/tokens', flags)
        const rows = page.items.map((item) => [
          item.name,
          item.scope ?? `of a ${item.holder?.type}`,
          shownTime(item.createdAt),
          item.expiresAt === null ? '' : shownTime(item.expiresAt),
          item.revokedAt === null ? '' : shownTime(item.revokedAt),
        ])
        output.list(page, () => table(['NAME', 'SCOPE', 'ISSUED', 'ENDS', 'REVOKED'], rows))
      }),
    ),
  )
  return command
}
