import { check } from 'recheck'
import { SECRET_KINDS } from '../src/secrets/kinds/index.ts'

/**
 * `npm run test:patterns`: has recheck prove of every kind's pattern that it takes linear time, and fails where it finds
 * a text that makes it slow or does not come to an end. Takes some minutes.
 */
const TIMEOUT_MS = 20_000

let failed = 0
for (const { kind, where, pattern } of SECRET_KINDS) {
  // What is read backwards from the keyword is read forwards here, which costs the same or more.
  const forwards = pattern.source.replace('(?<=(', '(?:(')
  // Those that are tried at one place only are anchored.
  const source = where === 'after' ? forwards : `^(?:${forwards})`
  const { status, complexity } = await check(source, '', { timeout: TIMEOUT_MS })
  if (status === 'safe') continue
  failed++
  process.stdout.write(`${kind}: ${status}, ${complexity?.summary ?? 'no proof in time'}: ${source}\n`)
}
process.stdout.write(`${SECRET_KINDS.length - failed} of ${SECRET_KINDS.length} patterns are proved linear\n`)
process.exit(failed === 0 ? 0 : 1)
