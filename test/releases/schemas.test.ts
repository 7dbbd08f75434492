import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { everyType, jsonSchemaOf, recordHash } from '@sallyport/events'
import { expect, test } from 'vitest'
import { breakingChanges, type EventSchema } from '../../packages/events/src/breaking-changes.ts'
import { sampledTypes, samplesOf } from '../../packages/events/src/testing/history.ts'
import { packedCommits, unpack } from './packed-release.ts'

test.each(packedCommits())('the events break nothing of what release %s published', (commit) => {
  using release = unpack(commit)
  const now = Object.fromEntries(everyType().map((type) => [type, jsonSchemaOf(type)]))
  expect(breakingChanges(publishedBy(release.folder), now)).toEqual([])
})

test.each(packedCommits())('the samples that release %s kept are as they were', (commit) => {
  using release = unpack(commit)
  const history = pathToFileURL(join(release.folder, 'packages/events/history/'))
  const types = existsSync(history) ? sampledTypes(history) : []
  for (const type of types) {
    const kept = samplesOf(type, history).map(recordHash)
    // More may have been added behind them.
    expect([type, samplesOf(type).map(recordHash).slice(0, kept.length)]).toEqual([type, kept])
  }
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
