import type { LogDamage } from '../damage/log-damage.ts'
import type { PackedRecords } from './packed-records.ts'

/** What the log's thread is asked, and what it answers to each. */
export interface Exchanges {
  append: { ask: { topic: string; records: PackedRecords }; answer: Appended }
  read: { ask: { topic: string; from: number; maxRecords: number }; answer: PackedBatch }
  offsetAt: { ask: { topic: string; time: number }; answer: { offset: number } }
  ping: { ask: Record<never, never>; answer: Record<never, never> }
  close: { ask: Record<never, never>; answer: Record<never, never> }
}

/** Where the records of one append begin, and when the log took them. */
export interface Appended {
  readonly firstOffset: number
  readonly appendedAt: number
}

export type Kind = keyof Exchanges
export type Ask<K extends Kind = Kind> = {
  [P in K]: { readonly kind: P; readonly id: number } & Readonly<Exchanges[P]['ask']>
}[K]

export interface PackedBatch extends PackedRecords {
  readonly offsets: number[]
  readonly appendedAt: number[]
}

export type Answer =
  | { readonly id: number; readonly ok: true; readonly value: Exchanges[Kind]['answer'] }
  | { readonly id: number; readonly ok: false; readonly reason: string }

/** The first message of the thread. */
export type Opening =
  | {
      readonly opened: true
      readonly ends: ReadonlyMap<string, number>
      readonly damage: readonly LogDamage[]
    }
  | { readonly opened: false; readonly why: 'locked' | 'unreadable' | 'unavailable'; readonly reason: string }
