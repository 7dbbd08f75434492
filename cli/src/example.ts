import type { Command } from 'commander'

/** Ends a command's help with an example that can be typed as it stands. */
export function example(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText('after', `\nExample:\n${lines.map((line) => `  $ ${line}`).join('\n')}`)
}
