import { defineConfig } from 'vitest/config'
import { TierReporter } from './infra/native/src/tier-reporter.ts'

const engines = './infra/native/src/global-setup.ts'
const sources = '{packages,services,standalone,cli,console,infra,test}'

/** Three projects: pure rules beside their source, a port's contract on every adapter, whole compositions. */
export default defineConfig({
  test: {
    reporters: ['default', new TierReporter()],
    projects: [
      {
        test: {
          name: 'unit',
          include: [`${sources}/**/*.test.ts`],
          exclude: ['**/node_modules/**', '**/*.contract.test.ts', 'test/e2e/**', 'test/smuggling/**'],
          // Ends what hangs, which a busy machine does not make of anything.
          testTimeout: 30_000,
          // By default one worker less than there are processors, of which small machines have two.
          maxWorkers: '100%',
        },
      },
      {
        test: {
          name: 'contract',
          globalSetup: engines,
          include: [`${sources}/**/*.contract.test.ts`],
          exclude: ['**/node_modules/**'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          globalSetup: engines,
          include: ['test/{e2e,smuggling}/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
