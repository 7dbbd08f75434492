import { newId } from '@sallyport/runtime'
import type { DataOf, EventType } from './catalog.ts'

/** Whose everything is until there are several organisations; every event, digest and row names it already. */
export const DEFAULT_TENANT = 'default'

/** Where an event stands in the chain of the process that wrote it. */
export interface Stamp {
  /** The process, e.g. `proxy/0198…`: one chain per producer and topic. */
  readonly producer: string
  /** Grows by one whenever an append failed, so that a gap in `seq` inside one epoch always means a loss. */
  readonly epoch: number
  /** From 0 within an epoch, without gaps. */
  readonly seq: number
  /** `recordHash` of the last acknowledged event of this producer and topic; 64 zeros for the very first. */
  readonly prevHash: string
}

/** An event before it is appended: CloudEvents 1.0 attributes and its data. */
export interface NewEvent<T extends EventType = EventType> {
  readonly id: string
  readonly type: T
  /** The part that saw it: `/proxy`, `/decision`, `/approvals`, `/standalone`. */
  readonly source: string
  /** What it is about: an action, approval, gateway… id. */
  readonly subject: string
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string
  readonly tenant: string
  /** Decides the partition; events of one key keep their order. */
  readonly key: string
  /** It was appended later than it happened, because the log could not be written. */
  readonly late?: true
  readonly data: DataOf<T>
}

/** Distributes over the union, so that switching on `type` narrows `data`. */
export type AnyNewEvent = { [T in EventType]: NewEvent<T> }[EventType]
export type SallyportEvent = { [T in EventType]: NewEvent<T> & { readonly stamp: Stamp } }[EventType]
export type EventOf<T extends EventType> = Extract<SallyportEvent, { type: T }>

/** The parts of an event its author chooses; id and time are filled in by `newEvent`. */
export type EventDraft<T extends EventType> = Omit<NewEvent<T>, 'id' | 'time'>

/** Completes a draft at the instant `at`. The result is of the union, ready to publish. */
export function newEvent<T extends EventType>(draft: EventDraft<T>, at: Date): AnyNewEvent {
  return { id: newId(), time: at.toISOString(), ...draft } as unknown as AnyNewEvent
}
