import { type Environment, processEnvironment, readConfig, runProcess } from '@sallyport/runtime'
import { standaloneSpec } from './config.ts'
import { createStandalone } from './standalone.ts'
import { readStartFlags } from './start-flags.ts'

/** `npm start` and `sallyport start`: everything in one process on embedded engines. `args` are the start's flags. */
export async function run(
  args: readonly string[],
  environment: Environment = processEnvironment(),
): Promise<void> {
  await runProcess(() => {
    const say = (line: string) => process.stdout.write(`${line}\n`)
    const flags = readStartFlags(args)
    return createStandalone({ config: readConfig(standaloneSpec, environment), environment, say, ...flags })
  })
}
