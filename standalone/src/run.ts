import { type Environment, processEnvironment, readConfig, runProcess } from '@sallyport/runtime'
import { standaloneSpec } from './config.ts'
import { createStandalone } from './standalone.ts'

/** `npm start` and `sallyport start`: everything in one process on embedded engines. */
export async function run(environment: Environment = processEnvironment()): Promise<void> {
  await runProcess(() => {
    const say = (line: string) => process.stdout.write(`${line}\n`)
    return createStandalone({ config: readConfig(standaloneSpec, environment), environment, say })
  })
}
