import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import openapi, { astToString } from 'openapi-typescript'

const DOCUMENT = new URL('../../proto/openapi.json', import.meta.url)
const TYPES = new URL('../src/gen/api.d.ts', import.meta.url)

/** Writes the types of the API's document, where they are older than it. */
export async function writeTypes(): Promise<void> {
  if (existsSync(TYPES) && statSync(TYPES).mtimeMs > statSync(DOCUMENT).mtimeMs) return
  const types = astToString(await openapi(readFileSync(DOCUMENT, 'utf8')))
  mkdirSync(new URL('./', TYPES), { recursive: true })
  writeFileSync(TYPES, types)
}

if (import.meta.main) await writeTypes()
