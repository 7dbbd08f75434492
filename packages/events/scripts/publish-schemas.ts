import { mkdirSync, writeFileSync } from 'node:fs'
import { everyType, jsonSchemaOf } from '../src/index.ts'

/** Writes proto/events/<type>.json for every event; the unit test beside the codec fails while they differ. */
const folder = new URL('../../../proto/events/', import.meta.url)
mkdirSync(folder, { recursive: true })
for (const type of everyType()) {
  writeFileSync(new URL(`${type}.json`, folder), `${JSON.stringify(jsonSchemaOf(type), null, 2)}\n`)
}
