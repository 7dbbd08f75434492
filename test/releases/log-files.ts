import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Approval } from '@sallyport/approval'
import { sqliteEventLog } from '@sallyport/event-log'
import type { EncodedEvent } from '@sallyport/events'
import type { Health } from '@sallyport/runtime'
import type { Release } from './packed-release.ts'

/** The output of `read-log`. */
export interface Folded {
  readonly control: {
    readonly offset: number
    readonly fault: string | null
    readonly health: Health
    readonly state: Readonly<Record<ControlPart, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>
  }
  readonly approvals: {
    readonly fault: string | null
    readonly health: Health
    readonly all: readonly Approval[]
  }
}
/** The output of `read-rows` for a record. */
export interface Row {
  readonly written: string
  readonly type: string
  readonly undecodable: string | null
}

type ControlPart =
  | 'gateways'
  | 'upstreams'
  | 'permissions'
  | 'killSwitches'
  | 'tokens'
  | 'persons'
  | 'bots'
  | 'catalogs'
  | 'webhooks'
  | 'idempotencyKeys'
  | 'passableKeys'

/** A log in a file that is gone afterwards. */
export class LogFile implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'sallyport-log-'))
  readonly #path = join(this.#folder, 'log.db')

  /** Has a release write these events, with its own code. */
  writtenBy(release: Release, events: readonly object[]): void {
    const file = join(this.#folder, 'events.json')
    writeFileSync(file, JSON.stringify(events))
    release.run('write-log', this.#path, file)
  }

  /** Puts records there as they are. */
  async append(topic: string, records: readonly EncodedEvent[]): Promise<void> {
    const log = await sqliteEventLog({ path: this.#path })
    await log.append(topic, records)
    await log.close()
  }

  /** The reading of it by a release. */
  readBy(release: Release): Folded {
    return JSON.parse(release.run('read-log', this.#path)) as Folded
  }

  /** The rows that a release makes of it. */
  rowsBy(release: Release): readonly Row[] {
    return JSON.parse(release.run('read-rows', this.#path)) as Row[]
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
