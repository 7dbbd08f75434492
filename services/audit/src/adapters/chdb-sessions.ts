import { Session } from 'chdb'

/** One request to the engine: a query, the data of an INSERT, `{name:Type}` parameters as ClickHouse's HTTP has them. */
export interface Statement {
  readonly query: string
  readonly data: Buffer | null
  readonly parameters: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, string>>
}

export interface StatementResult {
  readonly bytes: Uint8Array
  readonly summary: Readonly<Record<string, string>>
}

/** Every session is taken and too many already wait for one. */
export class EngineBusy extends Error {}

export interface ChdbSessionsOptions {
  readonly path: string
  /** How many queries may run beside each other, and beside the one that inserts. */
  readonly readers: number
  readonly connectionArgs: readonly string[]
}

export interface ChdbSessions {
  run(statement: Statement, gone: AbortSignal): Promise<StatementResult>
  close(): void
}

const MAX_WAITING = 64
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/
const INSERT = /^\s*INSERT\s/i
const RAW_INSERT = /^\s*INSERT\s+INTO\s+(?<table>\w+(?:\.\w+)?)\s+FORMAT\s+(?<format>TabSeparated)\s*$/i

/**
 * A session runs one statement after the other, so a heavy query would hold up whatever shares its session:
 * inserts have one of their own, everything else takes the next free reader.
 */
export function openChdbSessions(options: ChdbSessionsOptions): ChdbSessions {
  const open = () => new Session(options.path, { connectionArgs: [...options.connectionArgs] })
  const writer = lane([open()])
  const readers = lane(Array.from({ length: options.readers }, open))
  return {
    run: (statement, gone) =>
      (INSERT.test(statement.query) ? writer : readers).use(gone, (session) => execute(session, statement)),
    close() {
      for (const session of [...writer.sessions, ...readers.sessions]) session.close()
    },
  }
}

function lane(sessions: readonly Session[]) {
  const idle = [...sessions]
  const waiting: ((session: Session) => void)[] = []
  const take = () => {
    const session = idle.pop()
    if (session) return Promise.resolve(session)
    if (waiting.length >= MAX_WAITING) throw new EngineBusy('every session is in use')
    return new Promise<Session>((resolve) => waiting.push(resolve))
  }
  const give = (session: Session) => {
    const next = waiting.shift()
    if (next) next(session)
    else idle.push(session)
  }
  return {
    sessions,
    async use<T>(gone: AbortSignal, work: (session: Session) => Promise<T>): Promise<T> {
      const session = await take()
      try {
        gone.throwIfAborted()
        return await work(session)
      } finally {
        give(session)
      }
    },
  }
}

/** Data of an INSERT go to the engine as bytes, and only in a form in which no byte of a value ends a line. */
async function execute(session: Session, statement: Statement): Promise<StatementResult> {
  const { data, query, settings } = statement
  if (data === null) return await executeText(session, statement)
  const { table = '', format = '' } = RAW_INSERT.exec(query)?.groups ?? {}
  if (table === '') throw new Error('Code: 73. DB::Exception: data come as TabSeparated. (UNKNOWN_FORMAT)')
  const written = await session.insert({
    table,
    values: data,
    format,
    settings: { ...settings },
  } as RawInsert)
  return { bytes: new Uint8Array(), summary: { written_rows: String(written.rowsWritten) } }
}

type RawInsert = Parameters<Session['insert']>[0] & { format: 'TabSeparated'; values: Buffer }

/**
 * chdb's own binding of parameters runs one bound query at a time in the whole process. `SET param_…` does the same
 * in one session only: its literal holds the value as the client escaped it, and the engine parses it by its type.
 */
async function executeText(session: Session, statement: Statement): Promise<StatementResult> {
  assertBound(statement)
  const { parameters, settings } = statement
  const before = [
    ...Object.entries(parameters).map(([name, value]) => `SET param_${identifier(name)} = ${literal(value)}`),
    ...Object.entries(settings).map(([name, value]) => `SET ${identifier(name)} = ${literal(value)}`),
  ]
  try {
    const result = await session.queryAsync([...before, statement.query].join(';\n'), {
      format: 'TabSeparated',
    })
    return { bytes: result.bytes(), summary: { read_rows: String(result.rowsRead) } }
  } finally {
    // The next statement of this session must not inherit them.
    const after = Object.keys(settings).map((name) => `SET ${identifier(name)} = DEFAULT`)
    if (after.length > 0) await session.queryAsync(after.join(';\n'))
  }
}

/** A parameter left out would take its value from an earlier query of the session; a server refuses it, and so do we. */
function assertBound({ query, parameters }: Statement): void {
  for (const [, name = ''] of query.matchAll(/\{\s*(\w+)\s*:/g)) {
    if (!Object.hasOwn(parameters, name))
      throw new Error(
        `Code: 456. DB::Exception: Substitution \`${name}\` is not set. (UNKNOWN_QUERY_PARAMETER)`,
      )
  }
}

function identifier(name: string): string {
  if (!IDENTIFIER.test(name)) throw new Error('Code: 115. DB::Exception: not a setting. (UNKNOWN_SETTING)')
  return name
}

function literal(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
