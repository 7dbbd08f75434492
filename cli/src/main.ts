import { type Command, CommanderError } from 'commander'
import { endWithReader } from './end-with-reader.ts'
import { EXIT, UsageError } from './errors.ts'
import { createOutput } from './output.ts'
import { createProgram } from './program.ts'

const json = process.argv.includes('--json')

/** Wrong usage ends with commander's own words, or with a problem object where --json was given. */
function prepare(command: Command): void {
  command.exitOverride()
  command.configureOutput({ writeOut: printHelp, ...(json && { outputError: () => {} }) })
  for (const child of command.commands) prepare(child as Command)
}

function printHelp(text: string): void {
  endWithReader()
  process.stdout.write(text)
}

// A full disk or a reader that is gone costs the words and nothing else: the wrapper of a server goes on.
process.stderr.on('error', () => {})

const program = createProgram()
prepare(program)

try {
  await program.parseAsync(process.argv)
} catch (reason) {
  if (!(reason instanceof CommanderError)) throw reason
  process.exitCode = reason.exitCode === 0 ? 0 : EXIT.usage
  if (json && process.exitCode !== 0) {
    createOutput(true).failure(new UsageError(reason.message.replace(/^error: /, '')))
  }
}
