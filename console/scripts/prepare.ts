import { createRequire } from 'node:module'

/** `npm install` calls this when all is installed. With `--omit=dev` there is nothing to build with, and no console. */
const { resolve } = createRequire(import.meta.url)
let canBuild = true
for (const tool of ['vite', 'react', 'openapi-typescript']) {
  try {
    resolve(tool)
  } catch {
    canBuild = false
  }
}
if (canBuild) await import('./build.ts')
else
  process.stderr.write(
    'The console is not built, as its build tools are not installed. The API works without it.\n',
  )
