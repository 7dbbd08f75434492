import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { writeTypes } from './types.ts'

await writeTypes()
// biome-ignore lint/style/noProcessEnv: whoever builds it, also a test, gets what people get
process.env['NODE_ENV'] = 'production'
await build({ root: fileURLToPath(new URL('../', import.meta.url)), logLevel: 'warn' })
