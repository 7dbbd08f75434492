import { enableCompileCache, flushCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Before anything else is loaded: what was compiled is kept with the installed packages, which halves the time of a start.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/sallyport', import.meta.url)))
const { run } = await import('./run.ts')
await run(process.argv.slice(2))
flushCompileCache()
