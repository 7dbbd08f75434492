import { sha256Hex } from '@sallyport/runtime'

/**
 * `missing`: records that were written are not there. `rewound`: the log ends before a place that it had reached.
 * `altered`: a record is not what its successor, or the log's own mark, names. `repeated`: a record stands where its
 * producer's chain does not have it. `unreadable`: a record that changes who may do what cannot be read.
 */
export type DamageKind = 'missing' | 'rewound' | 'altered' | 'repeated' | 'unreadable'

/** One place at which the log is not what was written. */
export interface LogDamage {
  readonly topic: string
  readonly partition: number
  /** The first record concerned, or the one at which it shows. */
  readonly offset: number
  readonly kind: DamageKind
  /** For a person: what is wrong, without any content of a record. */
  readonly what: string
  /** SHA-256, the same for every reader of the same damage: what an operator accepts. */
  readonly id: string
}

/** `facts` are what tells this damage from any other of its kind, beside its place. */
export function logDamage(found: Omit<LogDamage, 'id'>, facts: readonly (string | number)[] = []): LogDamage {
  const { topic, partition, offset, kind } = found
  return { ...found, id: sha256Hex(JSON.stringify([topic, partition, offset, kind, ...facts])) }
}

/** Offsets have no gaps: what is not there was removed. */
export function missingOffsets(topic: string, partition: number, from: number, to: number): LogDamage {
  const range = to - from === 1 ? `record ${from} is` : `the records ${from} to ${to - 1} are`
  return logDamage({ topic, partition, offset: from, kind: 'missing', what: `${range} missing` }, [to])
}

/** The log ends at `end`, and its end was seen at `seen` before. */
export function rewound(topic: string, partition: number, end: number, seen: number): LogDamage {
  const what = `it ends at ${end} and had come to ${seen}: what was recorded in between is gone`
  return logDamage({ topic, partition, offset: end, kind: 'rewound', what }, [seen])
}

export function placeOfDamage({ topic, partition, offset }: LogDamage): string {
  return `${topic} ${partition}/${offset}`
}
