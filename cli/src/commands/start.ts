import { processEnvironment } from '@sallyport/runtime'
import { Command } from 'commander'
import { installedDataFolder } from '../data-place.ts'
import { example } from '../example.ts'

interface StartFlags {
  readonly data?: string
  readonly acceptLogDamage?: string
}

/** `sallyport start`: what `npm start` is in a clone, wherever it is installed. */
export function startCommand(): Command {
  return example(
    new Command('start')
      .description('runs Sallyport on this machine until Ctrl-C: proxy, decision, approvals, audit')
      .option('--data <folder>', 'the folder that holds everything (SALLYPORT_DATA)')
      .option('--accept-log-damage <reason>', 'goes on past damage of the log; the reason is recorded'),
    'sallyport start',
  ).action(async ({ data, acceptLogDamage: reason }: StartFlags) => {
    const environment = processEnvironment()
    const folder = data ?? (environment['SALLYPORT_DATA'] || installedDataFolder())
    // Loaded for this command alone: it is everything.
    const { run } = await import('@sallyport/standalone')
    const flags = reason === undefined ? [] : [`--accept-log-damage=${reason}`]
    await run(flags, { ...environment, SALLYPORT_DATA: folder })
  })
}
