import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

/** How a command that ran ended, and everything it printed, without terminal colours. */
export interface CommandEnd {
  readonly ok: boolean
  readonly output: string
}

const execFileAsync = promisify(execFile)
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape byte is what starts a colour
const colours = /\u001b\[[0-9;]*m/g

/** Runs a command to its end with no input; never throws, a command that cannot be run is not ok. */
export async function runCommand(
  command: string,
  args: readonly string[],
  cwd?: string,
): Promise<CommandEnd> {
  const options = { maxBuffer: 16 << 20, ...(cwd === undefined ? {} : { cwd }) }
  try {
    const running = execFileAsync(command, args, options)
    running.child.stdin?.end()
    const { stdout, stderr } = await running
    return { ok: true, output: `${stdout}${stderr}`.replaceAll(colours, '') }
  } catch (error) {
    const {
      stdout = '',
      stderr = '',
      message = '',
    } = error as { stdout?: string; stderr?: string; message?: string }
    return { ok: false, output: (`${stdout}${stderr}`.trim() || message).replaceAll(colours, '') }
  }
}

/** Where a program lies on the PATH. */
export async function findProgram(
  name: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    if (folder !== '' && (await isExecutable(join(folder, name)))) return join(folder, name)
  }
  return undefined
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
