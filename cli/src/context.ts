import { processEnvironment } from '@sallyport/runtime'
import type { Command } from 'commander'
import { type ApiClient, apiClient } from './api-client.ts'
import { resolveConnection } from './connection.ts'
import { endWithReader } from './end-with-reader.ts'
import { EXIT, exitCodeOf } from './errors.ts'
import { createOutput, type Output } from './output.ts'

/** The parts that a command works with. */
export interface Context {
  readonly api: ApiClient
  readonly url: string
  /** Tokens may go to another machine in plain text. */
  readonly insecure?: boolean
  /** The data folder of the Sallyport on this machine, where it is that one that is asked. */
  readonly folder?: string
  readonly output: Output
  /** Aborted by Ctrl-C. A command that streams exits with 0; a command that waits for an answer exits with 130. */
  readonly signal: AbortSignal
}

interface CommonFlags {
  readonly url?: string
  readonly apiUrl?: string
  readonly token?: string
  readonly insecure?: boolean
  readonly apiInsecure?: boolean
  readonly json?: boolean
}

/** Wraps a command's act: connects, prints what failed as one line or one object, sets the exit code. */
export function action<A extends unknown[]>(act: (context: Context, ...args: A) => Promise<void>) {
  return async (...given: unknown[]) => {
    const command = given.at(-1) as Command
    const flags = commonFlagsOf(command)
    const output = createOutput(flags.json ?? false)
    endWithReader()
    const abort = new AbortController()
    const interrupt = () => abort.abort()
    process.once('SIGINT', interrupt)
    process.once('SIGTERM', interrupt)
    try {
      const connection = resolveConnection(flags, processEnvironment())
      await act(
        { ...connection, api: apiClient(connection, abort.signal), output, signal: abort.signal },
        ...(given.slice(0, -1) as A),
      )
    } catch (reason) {
      if (abort.signal.aborted) {
        process.exitCode = EXIT.interrupted
        return
      }
      output.failure(reason)
      process.exitCode = exitCodeOf(reason) || EXIT.failed
    } finally {
      process.off('SIGINT', interrupt)
      process.off('SIGTERM', interrupt)
    }
  }
}

function commonFlagsOf(command: Command): CommonFlags {
  const local = command.opts<CommonFlags>()
  const above: CommonFlags = command.parent ? commonFlagsOf(command.parent) : {}
  const url = (hasOwn(command, '--api-url') ? local.apiUrl : local.url) ?? above.url
  const token = local.token ?? above.token
  const insecure = (hasOwn(command, '--api-insecure') ? local.apiInsecure : local.insecure) ?? above.insecure
  return {
    json: local.json ?? above.json ?? false,
    ...(url ? { url } : {}),
    ...(token ? { token } : {}),
    ...(insecure ? { insecure } : {}),
  }
}

function hasOwn(command: Command, flag: string): boolean {
  return command.options.some(({ long }) => long === flag)
}
