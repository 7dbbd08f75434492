import { processEnvironment, readConfig, runProcess } from '@sallyport/runtime'
import { standaloneSpec } from './config.ts'
import { createStandalone } from './standalone.ts'

/** `npm start`: everything in one process on embedded engines. */
export async function run(): Promise<void> {
  await runProcess(() => {
    const environment = processEnvironment()
    const say = (line: string) => process.stdout.write(`${line}\n`)
    return createStandalone({ config: readConfig(standaloneSpec, environment), environment, say })
  })
}
