import { enableCompileCache, flushCompileCache } from 'node:module'

// Before anything else is loaded: what was compiled is kept with the installed packages, which halves the time of a start.
enableCompileCache(new URL('../../node_modules/.cache/sallyport', import.meta.url).pathname)
const { run } = await import('./run.ts')
await run()
flushCompileCache()
