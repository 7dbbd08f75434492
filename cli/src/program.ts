import { Command } from 'commander'
import { approvalsCommand } from './commands/approvals.ts'
import { botCommand } from './commands/bot.ts'
import { catalogCommand } from './commands/catalog.ts'
import { completeCommand, completionCommand } from './commands/completion.ts'
import { connectorCommand } from './commands/connector.ts'
import { demoCommand } from './commands/demo.ts'
import { gatewayCommand } from './commands/gateway.ts'
import { grantCommand } from './commands/grant.ts'
import { groupCommand } from './commands/group.ts'
import { inspectCommand } from './commands/inspect.ts'
import { killCommand } from './commands/kill.ts'
import { logCommand } from './commands/log.ts'
import { mcpCommand } from './commands/mcp.ts'
import { permissionsCommand } from './commands/permissions.ts'
import { personCommand } from './commands/person.ts'
import { startCommand } from './commands/start.ts'
import { statusCommand } from './commands/status.ts'
import { tokenCommand } from './commands/token.ts'
import { upstreamCommand } from './commands/upstream.ts'
import { webhookCommand } from './commands/webhook.ts'
import { setupCommand } from './setup/command.ts'

const EXIT_CODES = `
Exit codes: 0 done, 1 failed, 2 wrong usage or input, 3 not found, 4 not allowed, 5 conflict, 6 unreachable,
130 interrupted.`

/** The whole command. Every subcommand takes --json, --url and --token. */
export function createProgram(): Command {
  return describedProgram()
    .addCommand(completionCommand(describedProgram))
    .addCommand(completeCommand(describedProgram), { hidden: true })
}

function describedProgram(): Command {
  const program = new Command('sallyport')
    .description(
      'Governs AI agents: what each may call, which calls wait for a person, and the record of all calls.',
    )
    .version('0.1.0')
    .showHelpAfterError('(add --help for usage)')
    .enablePositionalOptions()
    .addHelpText('after', EXIT_CODES)
  const commands = [
    startCommand(),
    demoCommand(),
    mcpCommand(),
    setupCommand(),
    gatewayCommand(),
    upstreamCommand(),
    connectorCommand(),
    catalogCommand(),
    permissionsCommand(),
    approvalsCommand(),
    grantCommand(),
    logCommand(),
    inspectCommand(),
    killCommand(),
    personCommand(),
    botCommand(),
    groupCommand(),
    tokenCommand(),
    webhookCommand(),
    statusCommand(),
  ]
  for (const command of commands) program.addCommand(withCommonFlags(command))
  return commonFlags(program, '--url <url>', '--insecure')
}

/** Before the command or after it; `upstream add` and `webhook add` have a --url of their own, so there it is --api-url, and --api-insecure. */
function withCommonFlags(command: Command): Command {
  for (const child of command.commands) withCommonFlags(child as Command)
  const groupsOnly = command.commands.length > 0 && command.options.length === 0
  if (groupsOnly) return command
  const taken = command.options.some((option) => option.long === '--url')
  return taken
    ? commonFlags(command, '--api-url <url>', '--api-insecure')
    : commonFlags(command, '--url <url>', '--insecure')
}

function commonFlags(command: Command, urlFlag: string, insecureFlag: string): Command {
  return command
    .option(
      '--json',
      'print one JSON object (streams: one a line; errors: a problem object on standard error)',
    )
    .option(urlFlag, 'the API of a remote Sallyport (SALLYPORT_URL)')
    .option('--token <token>', 'the token to use there (SALLYPORT_TOKEN)')
    .option(insecureFlag, 'lets tokens go to another machine in plain text, where others can read them')
}
