import { processEnvironment } from '@sallyport/runtime'
import { childEnvironment } from '@sallyport/stdio'
import { Command } from 'commander'
import { EXIT } from '../errors.ts'
import { example } from '../example.ts'
import { printable } from '../output.ts'
import { nameOfCommand, tellableCommand } from '../stdio/command-name.ts'
import { placeFinder } from '../stdio/find-place.ts'
import { Wrapper } from '../stdio/wrapper.ts'

const DEFAULT_GATEWAY = 'local'
const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const

interface McpFlags {
  readonly gateway: string
  readonly name?: string
  readonly proxy?: string
  readonly data?: string
  readonly url?: string
  readonly token?: string
  readonly insecure?: boolean
  readonly env: readonly string[]
}

/** `sallyport mcp -- CMD`: a stdio server whose every message passes Sallyport. Standard output is MCP and nothing else. */
export function mcpCommand(): Command {
  return example(
    new Command('mcp')
      .description('runs an MCP server that speaks stdio, and governs what passes between it and its client')
      .argument('<command...>', 'the server and its arguments, after --')
      .option('--gateway <name>', 'the agent whose permissions count', DEFAULT_GATEWAY)
      .option('--name <name>', 'what the server is called in permissions and in the record')
      .option(
        '--env <variable>',
        "a variable that the server gets beside PATH, HOME and the like (repeatable; '*': every one)",
        (name: string, before: readonly string[]) => [...before, name],
        [],
      )
      .option('--proxy <url>', 'the proxy of a Sallyport elsewhere (SALLYPORT_PROXY_URL)')
      .option('--data <folder>', 'the data folder of the Sallyport on this machine (SALLYPORT_DATA)')
      .passThroughOptions(),
    'sallyport mcp -- npx @modelcontextprotocol/server-filesystem /srv/files',
    'sallyport mcp --env GITHUB_TOKEN -- npx server-github',
    'sallyport mcp --gateway code-agent --name files -- npx @modelcontextprotocol/server-filesystem /srv/files',
  ).action(async (argv: string[], _flags: unknown, command: Command) => {
    const flags = command.optsWithGlobals<McpFlags>()
    const note = (text: string) => void process.stderr.write(`sallyport: ${printable(text)}\n`)
    const wrong = [flags.gateway, flags.name].find((name) => name !== undefined && !NAME.test(name))
    if (wrong !== undefined) {
      note('a name has lower-case letters, digits, ., _ and -, at most 63')
      process.exitCode = EXIT.usage
      return
    }
    // A connection that does not close in good order must not keep the client waiting for our end.
    process.exit(await wrap(argv, flags, note))
  })
}

async function wrap(command: string[], flags: McpFlags, note: (text: string) => void): Promise<number> {
  const environment: NodeJS.ProcessEnv = {
    ...processEnvironment(),
    ...(flags.url === undefined ? {} : { SALLYPORT_URL: flags.url }),
    ...(flags.token === undefined ? {} : { SALLYPORT_TOKEN: flags.token }),
  }
  const finder = placeFinder({
    ...flags,
    name: flags.name ?? nameOfCommand(command),
    command: tellableCommand(command),
    environment,
    note,
  })
  const env = childEnvironment(environment, flags.env)
  const wrapper = new Wrapper({
    command,
    env,
    ...hintOf(environment, env),
    finder,
    input: process.stdin,
    output: process.stdout,
    note,
  })
  for (const signal of PASSED_ON) process.on(signal, () => wrapper.signal(signal))
  // The process that started this one under another Node is gone (see bin/sallyport.js).
  process.on('disconnect', () => wrapper.end())
  process.channel?.unref()
  const code = await wrapper.ended
  await finder.stop()
  return code
}

/** Where the server does not get all that there is. */
function hintOf(environment: NodeJS.ProcessEnv, given: Readonly<Record<string, string>>) {
  const withheld = Object.keys(environment).some((name) => !(name in given) && !/^SALLYPORT_/i.test(name))
  return withheld ? { hint: 'the server gets PATH, HOME and the like, and variables named with --env' } : {}
}
