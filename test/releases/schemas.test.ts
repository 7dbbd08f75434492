import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { everyType, jsonSchemaOf } from '@sallyport/events'
import { expect, test } from 'vitest'
import { breakingChanges, type EventSchema } from '../../packages/events/src/breaking-changes.ts'
import { packedCommits, unpack } from './packed-release.ts'

test.each(packedCommits())('the events break nothing of what release %s published', (commit) => {
  using release = unpack(commit)
  const now = Object.fromEntries(everyType().map((type) => [type, jsonSchemaOf(type)]))
  expect(breakingChanges(publishedBy(release.folder), now)).toEqual([])
})

function publishedBy(folder: string): Record<string, EventSchema> {
  const schemas = join(folder, 'proto/events')
  return Object.fromEntries(
    readdirSync(schemas).map((file) => [
      file.replace('.json', ''),
      JSON.parse(readFileSync(join(schemas, file), 'utf8')) as EventSchema,
    ]),
  )
}
