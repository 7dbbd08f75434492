import { defineConfig } from 'vitest/config'

/** `npm run test:keycloak`: not among the other suites, as it fetches 150 MB and starts for a while. */
export default defineConfig({
  test: {
    include: ['test/keycloak/*.keycloak.ts'],
    testTimeout: 180_000,
    hookTimeout: 600_000,
    fileParallelism: false,
  },
})
