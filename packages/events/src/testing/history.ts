import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { type EncodedEvent, recordHash } from '../codec.ts'

/** Where a sample of every version that was ever written is kept: `<type>.jsonl`, a record on each line. */
export const HISTORY = new URL('../../history/', import.meta.url)
/** The SHA-256 of each file of samples; a sample that was written once never changes. */
export const DIGESTS = new URL('digests.json', HISTORY)

export interface Sample extends EncodedEvent {
  readonly topic: string
}

interface SampleLine {
  readonly topic: string
  readonly key: string
  readonly headers: Readonly<Record<string, string>>
  readonly value: string
}

/** The types of which there are samples. */
export function sampledTypes(folder = HISTORY): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .map((file) => file.slice(0, -'.jsonl'.length))
}

/** Every sample in the order in which they were written: of each topic a log that can be folded. */
export function readHistory(folder = HISTORY): Sample[] {
  const samples = sampledTypes(folder).flatMap((type) => samplesOf(type, folder))
  return samples.sort((a, b) => timeOf(a) - timeOf(b))
}

export function digestOf(type: string, folder = HISTORY): string {
  const hash = createHash('sha256')
  for (const sample of samplesOf(type, folder)) hash.update(recordHash(sample))
  return hash.digest('hex')
}

/** The line of a file of samples. */
export function lineOf({ topic, key, headers, value }: Sample): string {
  const line: SampleLine = { topic, key, headers, value: Buffer.from(value).toString('utf8') }
  return `${JSON.stringify(line)}\n`
}

/** The samples of one type, in the order in which they were kept. */
export function samplesOf(type: string, folder = HISTORY): Sample[] {
  const lines = readFileSync(new URL(`${type}.jsonl`, folder), 'utf8')
    .trimEnd()
    .split('\n')
  return lines.map((line) => {
    const { value, ...sample } = JSON.parse(line) as SampleLine
    return { ...sample, value: Buffer.from(value) }
  })
}

function timeOf({ headers }: Sample): number {
  return Date.parse(headers['ce_time'] ?? '')
}
