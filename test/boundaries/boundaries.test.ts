import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { biomeOverrides, OVERRIDES_FILE } from './biome-overrides.ts'
import { FLOORS, ROOMS } from './floors.ts'

/** A file, one line that is planted in it, and what is said of it; null where the line is allowed. */
type Planted = readonly [path: string, line: string, refusal: RegExp | null]

const FLOOR = /imports only from lower floors/
const BY_PATH = /imported by its name, not by a path/
const PURE = /is pure/
const ENGINE = /chosen in main.ts or in standalone/

const everyOrder = FLOORS.flatMap((floor, height) => {
  const above = FLOORS.slice(height).flat()
  return floor.flatMap((part) =>
    above
      .filter((other) => other !== part)
      .map((other): Planted => {
        const name = other.slice(other.indexOf('/') + 1)
        return [`${part}/src/under-${name}.ts`, `import type { A } from '@sallyport/${name}'`, FLOOR]
      }),
  )
})

const everyRoom = ROOMS.flatMap(({ part, rooms }) =>
  rooms
    .slice(0, -1)
    .flatMap((room, height) =>
      [...rooms.slice(height + 1).map((higher) => `${higher}/a.ts`), 'config.ts'].map(
        (above): Planted => [
          `${part}/src/${room}/deep/under-${above.replaceAll('/', '-')}`,
          `import type { A } from '../../${above}'`,
          /imports only from lower rooms|nothing of the rest of its service/,
        ],
      ),
    ),
)

const planted: readonly Planted[] = [
  ...everyOrder,
  ...everyRoom,
  ['services/proxy/src/faces/down.ts', "import type { A } from '../governing/a.ts'", null],
  ['services/proxy/src/wiring/all.ts', "import type { A } from '../config.ts'", null],
  [
    'services/proxy/src/connectors/http/one.ts',
    "import type { A } from '../mcp/message/a.ts'",
    /knows nothing of connectors\/mcp/,
  ],
  [
    'services/proxy/src/connectors/mcp/deep/one.ts',
    "import { A } from '../../http/a.ts'",
    /knows nothing of connectors\/http/,
  ],
  [
    'services/proxy/src/connectors/http/deep/up.ts',
    "import type { A } from '../../../faces/a.ts'",
    /imports only from lower rooms/,
  ],
  ['services/proxy/src/wiring.ts', "import type { A } from './faces/a.ts'", null],
  ['services/audit/src/value.ts', "import { A } from '@sallyport/proxy'", FLOOR],
  ['services/audit/src/all.ts', "import * as a from '@sallyport/proxy'", FLOOR],
  ['services/audit/src/effect.ts', "import '@sallyport/proxy'", FLOOR],
  ['services/audit/src/mixed.ts', "import { type A } from '@sallyport/proxy'", FLOOR],
  ['services/audit/src/subpath.ts', "import type { A } from '@sallyport/proxy/testing'", FLOOR],
  ['services/audit/src/passed-on.ts', "export type { A } from '@sallyport/proxy'", FLOOR],
  ['services/audit/src/all-passed-on.ts', "export * from '@sallyport/proxy'", FLOOR],
  ['services/audit/src/dynamic.ts', "export const a = await import('@sallyport/proxy')", FLOOR],
  [
    'services/audit/src/in-place.ts',
    "export type A = import('@sallyport/proxy').A",
    /at the top of its file/,
  ],
  ['services/audit/src/of-tests.test.ts', "import type { A } from '@sallyport/proxy'", FLOOR],
  ['services/audit/src/testing/world.ts', "import type { A } from '@sallyport/proxy'", FLOOR],
  ['services/audit/src/main.ts', "import type { A } from '@sallyport/proxy'", FLOOR],
  ['packages/events/src/itself.ts', "import type { A } from '@sallyport/events'", FLOOR],
  ['packages/events/src/with-engines.ts', "import { A } from '@sallyport/native'", FLOOR],
  ['packages/events/src/with-engines.test.ts', "import { A } from '@sallyport/native'", null],
  ['infra/native/src/high.ts', "import type { A } from '@sallyport/event-log'", FLOOR],
  ['infra/native/src/low.ts', "import { A } from '@sallyport/runtime'", null],
  ['packages/events/src/lower.ts', "import { A } from '@sallyport/runtime'", null],
  ['services/audit/src/lower.ts', "import type { A } from '@sallyport/events/testing'", null],
  ['cli/src/top.ts', "import { A } from '@sallyport/standalone'", null],

  ['services/audit/src/up.ts', "import type { A } from '../../proxy/src/a.ts'", BY_PATH],
  ['services/audit/src/http/up.ts', "import type { A } from '../../../../services/proxy/src/a.ts'", BY_PATH],
  ['services/audit/src/up.test.ts', "import { A } from '../../proxy/src/a.ts'", BY_PATH],
  ['packages/events/src/up.ts', "import { A } from '../../../services/proxy/a.ts'", BY_PATH],
  ['packages/events/src/beside.ts', "import { A } from '../../runtime/src/a.ts'", BY_PATH],
  ['test/e2e/inside.test.ts', "import { A } from '../../services/proxy/src/a.ts'", /public faces/],

  [
    'services/audit/src/domain/adapter.ts',
    "import type { A } from '../adapters/a.ts'",
    /nothing of the rest/,
  ],
  ['services/audit/src/domain/route.ts', "import { A } from '../http/a.ts'", /nothing of the rest/],
  ['services/audit/src/domain/fault.ts', "import { A } from '../errors.ts'", null],
  ['services/audit/src/domain/web.ts', "import type { A } from '@sallyport/http-api'", /knows no transport/],
  ['services/audit/src/domain/file.ts', "import type { Stats } from 'node:fs'", PURE],
  ['services/audit/src/domain/later.ts', "import { setTimeout } from 'node:timers/promises'", PURE],
  ['services/audit/src/domain/server.ts', "import type { FastifyInstance } from 'fastify'", PURE],
  ['services/audit/src/domain/path.ts', "import { join } from 'node:path'", null],
  ['packages/policy/src/file.ts', "import { readFile } from 'node:fs/promises'", PURE],

  ['services/audit/src/log.ts', "import { kafkaEventLog } from '@sallyport/event-log'", ENGINE],
  ['services/audit/src/process.ts', "import { natsSignals as a } from '@sallyport/signals'", ENGINE],
  [
    'services/audit/src/http/house.ts',
    "import { serverClickHouse } from '../adapters/server-click-house.ts'",
    ENGINE,
  ],
  ['services/audit/src/port.ts', "import { EventLogUnavailable } from '@sallyport/event-log'", null],
  ['services/proxy/src/main.ts', "import { kafkaEventLog } from '@sallyport/event-log'", null],
  ['standalone/src/log.ts', "import { sqliteEventLog } from '@sallyport/event-log'", null],
  ['services/proxy/src/broker.ts', "import type { Kafka } from 'kafkajs'", /Only packages\/event-log/],
  ['standalone/src/broker.ts', "import { Kafka } from 'kafkajs'", /Only packages\/event-log/],
  ['packages/http-api/src/house.ts', "import type { A } from '@clickhouse/client'", /Only services\/audit/],

  ['console/src/deep/fold.ts', "import type { A } from '@sallyport/approval'", /speaks to the API/],
  ['console/src/deep/server.tsx', "import { A } from '@sallyport/approvals'", /speaks to the API/],
  ['console/src/deep/page.ts', "import { A } from '@sallyport/approvals/page/text.js'", null],
  ['console/src/deep/up.ts', "import { A } from '../../../packages/policy/src/a.ts'", BY_PATH],
  ['console/src/deep/file.ts', "import { readFileSync } from 'node:fs'", /runs in a browser/],
  ['console/src/deep/runs.ts', "import { expect } from 'vitest'", /does not import tests/],
  ['console/src/deep/one.test.ts', "import { expect } from 'vitest'", null],

  ['cli/src/place.ts', "export const a = new URL('a.ts', import.meta.url).pathname", /use fileURLToPath/],
  ['cli/src/told.ts', "export const a = new URL('http://a/b').pathname", null],

  ['packages/events/src/runs.ts', "import { A } from './testing/a.ts'", /does not import tests/],
  ['packages/events/src/runs-too.ts', "import { expect } from 'vitest'", /does not import tests/],

  [
    'packages/events/src/one.ts',
    "import type { Two } from './two.ts'\nexport interface One { two: Two }",
    /part of a cycle/,
  ],
  [
    'packages/events/src/two.ts',
    "import type { One } from './one.ts'\nexport interface Two { one: One }",
    /part of a cycle/,
  ],

  [
    'packages/events/src/keyword.ts',
    'export class A { private a = 1; m() { return this.a } }',
    /called #name/,
  ],
  ['packages/events/src/underscore.ts', 'export class A { _a = 1 }', /called #name/],
  ['packages/events/src/factory.ts', 'export class A { private constructor() {} }', null],
]

interface Diagnostic {
  readonly category: string
  readonly message: string
  readonly location: { readonly path: string }
}

const folder = mkdtempSync(join(tmpdir(), 'boundaries-'))
const root = join(import.meta.dirname, '../..')
let diagnostics: readonly Diagnostic[] = []

/** The project's own configuration over a tree that has nothing but what is planted. */
beforeAll(() => {
  for (const file of ['biome.json', 'test/boundaries'])
    cpSync(join(root, file), join(folder, file), { recursive: true })
  rmSync(join(folder, 'test/boundaries/boundaries.test.ts'))
  for (const [path, line] of planted) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), `${line}\n`)
  }
  const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome')
  const { stdout } = spawnSync(
    process.execPath,
    [biome, 'lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none'],
    { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  )
  diagnostics = JSON.parse(stdout).diagnostics
})
afterAll(() => rmSync(folder, { recursive: true }))

function saidOf(path: string): string[] {
  return diagnostics.filter(({ location }) => location.path === path).map(({ message }) => message)
}

test('the overrides of Biome are what the table of floors says (npm run boundaries writes them)', () => {
  expect(readFileSync(OVERRIDES_FILE, 'utf8')).toBe(biomeOverrides())
})

describe('the check refuses', () => {
  test.each(planted.filter(([, , refusal]) => refusal !== null))('%s: %s', (path, _line, refusal) => {
    expect(saidOf(path).join('\n')).toMatch(refusal as RegExp)
  })
})

describe('the check allows', () => {
  test.each(planted.filter(([, , refusal]) => refusal === null))('%s: %s', (path) => {
    expect(saidOf(path).filter((message) => !/unused|undeclared/i.test(message))).toEqual([])
  })
})
