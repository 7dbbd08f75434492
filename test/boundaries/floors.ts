/**
 * Every part of the project, floor by floor from the ground up. A part imports what stands on a lower floor and
 * nothing beside it: neither another service nor another package of its own floor.
 */
export const FLOORS = [
  ['packages/runtime'],
  ['packages/jsonrpc', 'packages/inspection'],
  ['packages/policy'],
  ['packages/events', 'packages/signals', 'packages/stdio'],
  ['packages/event-log'],
  ['packages/control', 'packages/approval', 'packages/delivery'],
  ['packages/rpc', 'packages/http-api'],
  ['services/proxy', 'services/decision', 'services/approvals', 'services/audit'],
  ['standalone'],
  ['cli'],
] as const

export type Part = (typeof FLOORS)[number][number]

/** The floors inside a part, from the ground up. The topmost wires the others, as the files of `src` itself do. */
export const ROOMS: readonly { readonly part: Part; readonly rooms: readonly string[] }[] = [
  {
    part: 'services/proxy',
    rooms: ['domain', 'reaching', 'governing', 'connectors', 'faces', 'wiring'],
  },
]

/** Rooms of one floor that know nothing of each other. */
export const APART: readonly { readonly part: Part; readonly rooms: readonly string[] }[] = [
  { part: 'services/proxy', rooms: ['connectors/mcp', 'connectors/http'] },
]

/** Runs real engines for tests and the fleet on one machine. Test code of every part may use it, so it stands low. */
export const ENGINE_ROOM = { folder: 'infra/native', uses: ['runtime'] }

/**
 * The page in the browser. It speaks to the API alone, so it stands on no floor: of the other parts it uses what is served to
 * browsers, and nothing of Node.
 */
export const CONSOLE = { folder: 'console/src', uses: ['@sallyport/approvals/page/**'] }

/** Of the scenarios, what looks into parts: at what two releases of them have in common. */
export const INSIDE = ['test/releases']

/** Rules over data: they read no file, open no connection and wait for nothing. So does every service's `domain/`. */
export const PURE: readonly Part[] = [
  'packages/jsonrpc',
  'packages/policy',
  'packages/inspection',
  'packages/approval',
]

/** Modules of Node that only compute. All others are I/O, time or processes. */
export const PURE_NODE_MODULES = ['node:buffer', 'node:crypto', 'node:path', 'node:util']

/** Libraries that speak to an engine, and the parts that turn their words into ours. */
export const ENGINE_LIBRARIES: readonly {
  readonly libraries: readonly string[]
  readonly parts: readonly Part[]
}[] = [
  { libraries: ['kafkajs'], parts: ['packages/event-log', 'packages/delivery'] },
  { libraries: ['node:sqlite'], parts: ['packages/event-log', 'packages/delivery'] },
  { libraries: ['nats'], parts: ['packages/signals'] },
  { libraries: ['@clickhouse/**', 'chdb'], parts: ['services/audit'] },
  { libraries: ['@grpc/**', 'grpc-health-check'], parts: ['packages/rpc'] },
]

/**
 * The functions that make an engine. An engine is chosen in a service's `main.ts` and in `standalone/`, and given to
 * the rest.
 */
export const ENGINES: readonly { readonly from: readonly string[]; readonly names: readonly string[] }[] = [
  {
    from: ['@sallyport/event-log', '@sallyport/event-log/**'],
    names: ['kafkaEventLog', 'sqliteEventLog', 'memoryEventLog'],
  },
  { from: ['@sallyport/signals', '@sallyport/signals/**'], names: ['natsSignals', 'memorySignals'] },
  {
    from: ['**/embedded-click-house.ts', '**/server-click-house.ts'],
    names: ['embeddedClickHouse', 'serverClickHouse'],
  },
  {
    from: ['@sallyport/delivery', '@sallyport/delivery/**'],
    names: ['kafkaFeed', 'fileLeases', 'sqliteCheckpoints'],
  },
]
