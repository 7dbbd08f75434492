import { defineConfig } from 'vitest/config'

const sources = '{packages,services,standalone,cli,infra,test}'

/** Three projects: pure rules beside their source, a port's contract on every adapter, whole compositions. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [`${sources}/**/*.test.ts`],
          exclude: ['**/node_modules/**', '**/*.contract.test.ts', 'test/e2e/**'],
        },
      },
      {
        test: {
          name: 'contract',
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
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
