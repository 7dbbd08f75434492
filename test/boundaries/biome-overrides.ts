import {
  APART,
  CONSOLE,
  ENGINE_LIBRARIES,
  ENGINE_ROOM,
  ENGINES,
  FLOORS,
  INSIDE,
  type Part,
  PURE,
  PURE_NODE_MODULES,
  ROOMS,
} from './floors.ts'

/** Imports that are refused: all that match `group`, or of those only the names that match. */
interface Refusal {
  readonly group: readonly string[]
  readonly importNamePattern?: string
  readonly message: string
}

interface Override {
  readonly includes: readonly string[]
  readonly linter: object
}

const parts: readonly Part[] = FLOORS.flat()
const services = parts.filter((part) => part.startsWith('services/'))

export const OVERRIDES_FILE = new URL('./biome-overrides.json', import.meta.url)

/** The text of `biome-overrides.json`, which `biome.json` extends: one override a line. */
export function biomeOverrides(): string {
  const lines = overrides().map((each) => `    ${JSON.stringify(each)}`)
  return `{\n  "overrides": [\n${lines.join(',\n')}\n  ]\n}\n`
}

/**
 * One set of refusals for each kind of file. Of several overrides that cover a file Biome takes the last one for a rule,
 * so that each is complete and the more special ones come later.
 */
function overrides(): Override[] {
  return [
    ...parts.map((part) => override([`${part}/**`], [...refusals(part), ...notEngines(part), noTestCode])),
    ...services.map((part) =>
      override(
        [`${part}/src/domain/**`],
        [...refusals(part), ...notEngines(part), noTestCode, ...pure(part), ...domain(part)],
      ),
    ),
    ...ROOMS.flatMap(({ part, rooms }) =>
      rooms
        .slice(0, -1)
        .filter((room) => room !== 'domain')
        .map((room) => override([`${part}/src/${room}/**`], inRoom(part, roomsAbove(rooms, room)))),
    ),
    ...APART.flatMap(({ part, rooms }) =>
      rooms.map((room) => {
        const { rooms: floors } = ROOMS.find((sorted) => sorted.part === part) ?? { rooms: [] }
        const above = roomsAbove(floors, room.slice(0, room.indexOf('/')))
        return override([`${part}/src/${room}/**`], inRoom(part, above, besides(rooms, room)))
      }),
    ),
    ...services.map((part) =>
      override([`${part}/src/main.ts`, `${part}/src/index.ts`], [...refusals(part), noTestCode]),
    ),
    ...parts.map((part) =>
      override(
        TEST_CODE.map((pattern) => `${part}/${pattern}`),
        [floorOf(part, ['native', nameOf(part)]), byPath],
      ),
    ),
    override([`${ENGINE_ROOM.folder}/**`], [onlyOf(ENGINE_ROOM.folder, ENGINE_ROOM.uses), byPath]),
    override([`${CONSOLE.folder}/**`], [...inBrowser, byPath, noTestCode]),
    override([`${CONSOLE.folder}/**/*.test.ts`], [...inBrowser, byPath]),
    override(['test/**', ...INSIDE.map((folder) => `!${folder}/**`)], [intoParts]),
  ]
}

const TEST_CODE = ['**/*.test.ts', '**/*.bench.ts', '**/testing/**', 'bench/**', 'scripts/**']

function override(includes: readonly string[], patterns: readonly Refusal[]): Override {
  const noRestrictedImports = { level: 'error', options: { patterns } }
  return { includes, linter: { rules: { style: { noRestrictedImports } } } }
}

function refusals(part: Part): Refusal[] {
  const pureToo = PURE.includes(part) ? pure(part) : []
  return [floorOf(part), byPath, ...libraries(part), ...pureToo]
}

/** Every package of ours but those on lower floors. */
function floorOf(part: Part, besides: readonly string[] = []): Refusal {
  const floor = FLOORS.findIndex((names) => (names as readonly string[]).includes(part))
  return onlyOf(part, [...FLOORS.slice(0, floor).flat().map(nameOf), ...besides])
}

function onlyOf(folder: string, names: readonly string[]): Refusal {
  const allowed =
    names.length === 0 ? [] : [`!@sallyport/{${names.join()}}`, `!@sallyport/{${names.join()}}/**`]
  const those = names.length === 0 ? 'there is none' : names.join(', ')
  return {
    group: ['@sallyport/**', ...allowed],
    message: `${folder} imports only from lower floors: ${those} (test/boundaries/floors.ts).`,
  }
}

const byPath: Refusal = {
  group: [
    '../**/{packages,services,standalone,cli,infra,test}/**',
    `../**/{${parts.map(nameOf).join(',')}}/{src,bench,scripts}/**`,
  ],
  message: 'Another part is imported by its name, not by a path into it.',
}

const inBrowser: readonly Refusal[] = [
  {
    group: ['@sallyport/**', ...CONSOLE.uses.map((name) => `!${name}`)],
    message: `${CONSOLE.folder} speaks to the API, and imports only ${CONSOLE.uses.join(', ')} (test/boundaries/floors.ts).`,
  },
  {
    group: ['node:*', 'node:*/**'],
    message: `${CONSOLE.folder} runs in a browser, which has nothing of Node.`,
  },
]

const intoParts: Refusal = {
  group: ['../**/{packages,services,standalone,cli}/**/src/**', '../**/{standalone,cli}/src/**'],
  message: 'Scenarios and benchmarks use public faces: a part is imported by its name.',
}

const noTestCode: Refusal = {
  group: ['**/testing/**', '**/*.test.ts', 'vitest', 'vitest/**', 'fast-check'],
  message: 'Code that runs does not import tests.',
}

function libraries(part: Part): Refusal[] {
  return ENGINE_LIBRARIES.filter((entry) => !entry.parts.includes(part)).map((entry) => ({
    group: entry.libraries,
    message: `Only ${entry.parts.join(' and ')} may import this: an adapter there turns its words into ours.`,
  }))
}

/** `standalone/` chooses too. */
function notEngines(part: Part): Refusal[] {
  if (part === 'standalone') return []
  return ENGINES.map(({ from, names }) => ({
    group: from,
    importNamePattern: names.join('|'),
    message: 'An engine is chosen in main.ts or in standalone/, and given to the rest.',
  }))
}

function pure(part: Part): Refusal[] {
  const where = part.startsWith('services/') ? `${part}/src/domain` : part
  return [
    {
      group: ['node:*', 'node:*/**', ...PURE_NODE_MODULES.map((name) => `!${name}`)],
      message: `${where} is pure: no I/O, no time, no processes.`,
    },
    {
      group: ['fastify', '@fastify/**', 'undici', 'ws', 'pino'],
      message: `${where} is pure: it speaks to nobody.`,
    },
  ]
}

function domain(part: Part): Refusal[] {
  return [
    {
      group: ['../**', '!../errors.ts'],
      message: `${part}/src/domain imports nothing of the rest of its service but its errors.`,
    },
    {
      group: ['@sallyport/{http-api,signals,stdio}', '@sallyport/{http-api,signals,stdio}/**'],
      message: `${part}/src/domain knows no transport.`,
    },
  ]
}

function inRoom(part: Part, ...own: readonly Refusal[]): Refusal[] {
  return [...refusals(part), ...notEngines(part), noTestCode, ...own]
}

function besides(rooms: readonly string[], room: string): Refusal {
  const nameIn = (path: string) => path.slice(path.lastIndexOf('/') + 1)
  const others = rooms.filter((other) => other !== room)
  return {
    group: others.map((other) => `../**/${nameIn(other)}/**`),
    message: `${room}/ knows nothing of ${others.join(' and ')}.`,
  }
}

function roomsAbove(rooms: readonly string[], room: string): Refusal {
  const above = rooms.slice(rooms.indexOf(room) + 1)
  const wiring = '../**/{config,index,main,process,service}.ts'
  return {
    group: [wiring, ...above.map((higher) => `../**/${higher}/**`)],
    message: `${room}/ imports only from lower rooms, and nothing of the wiring (test/boundaries/floors.ts).`,
  }
}

function nameOf(part: string): string {
  return part.slice(part.indexOf('/') + 1)
}
