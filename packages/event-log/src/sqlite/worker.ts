import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { FileRefused } from './file.ts'
import type { Answer, Appended, Ask, Opening, PackedBatch } from './protocol.ts'
import { SqliteStore } from './store.ts'

/** Bytes after which a checkpoint is made: the first when no append waits, the second in any case. */
const CHECKPOINT_WHEN_IDLE = 4 * 1024 * 1024
const CHECKPOINT_AT_LATEST = 64 * 1024 * 1024

if (!parentPort) throw new Error('the log of SQLite runs in a worker thread')
const port = parentPort

/** The thread that owns the log's file: everything asked for meanwhile goes into the next transaction. */
function main(path: string): void {
  const store = open(path)
  if (!store) return
  port.on('message', (first: Ask[]) => {
    let asks = [...first, ...queued()]
    while (asks.length > 0) {
      serve(store, asks)
      if (store.uncheckpointed() > CHECKPOINT_AT_LATEST) checkpoint(store)
      asks = queued()
    }
    if (store.uncheckpointed() > CHECKPOINT_WHEN_IDLE) checkpoint(store)
  })
}

function open(path: string): SqliteStore | undefined {
  try {
    const store = new SqliteStore(path)
    say({ opened: true, ends: store.ends(), damage: store.damage })
    return store
  } catch (error) {
    say({
      opened: false,
      why: error instanceof FileRefused ? error.why : 'unavailable',
      reason: messageOf(error),
    })
    return undefined
  }
}

function queued(): Ask[] {
  const asks: Ask[] = []
  for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port))
    asks.push(...next.message)
  return asks
}

function serve(store: SqliteStore, asks: readonly Ask[]): void {
  const appends = asks.filter((ask) => ask.kind === 'append')
  if (appends.length > 0) {
    answer(appendAll(store, appends))
    store.mark()
  }
  for (const ask of asks) if (ask.kind !== 'append') answer([serveOne(store, ask)])
  // Nothing else keeps the thread alive.
  if (asks.some((ask) => ask.kind === 'close')) port.close()
}

function appendAll(store: SqliteStore, appends: readonly Ask<'append'>[]): Answer[] {
  try {
    const appended = store.append(appends, Date.now())
    return appends.map(({ id }, index) => ({ id, ok: true, value: appended[index] as Appended }))
  } catch (error) {
    return appends.map(({ id }) => ({ id, ok: false, reason: messageOf(error) }))
  }
}

function serveOne(store: SqliteStore, ask: Ask): Answer {
  const { id } = ask
  try {
    return { id, ok: true, value: answerTo(store, ask) }
  } catch (error) {
    return { id, ok: false, reason: messageOf(error) }
  }
}

function answerTo(store: SqliteStore, ask: Ask) {
  switch (ask.kind) {
    case 'read':
      return store.read(ask.topic, ask.from, ask.maxRecords)
    case 'offsetAt':
      return { offset: store.offsetAt(ask.topic, ask.time) }
    case 'ping':
      store.ping(Date.now())
      return {}
    case 'close':
      store.close()
      return {}
    case 'append':
      throw new Error('appends go together')
  }
}

function checkpoint(store: SqliteStore): void {
  try {
    store.checkpoint()
  } catch {
    // The log is whole without it; the next one tries again.
  }
}

function answer(answers: Answer[]): void {
  const moved = answers.flatMap((one) =>
    one.ok && 'values' in one.value ? [(one.value as PackedBatch).values] : [],
  )
  port.postMessage(answers, moved)
}

function say(opening: Opening): void {
  port.postMessage(opening)
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

main(workerData.path)
