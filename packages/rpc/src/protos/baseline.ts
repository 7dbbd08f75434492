import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { breaksOf, type ProtoShape, protoShape } from './proto-shape.ts'

/** What the services that are deployed speak. */
const BASELINE = join(import.meta.dirname, '../../../../proto/baseline.json')

export function baseline(): ProtoShape {
  return JSON.parse(readFileSync(BASELINE, 'utf8')) as ProtoShape
}

/** Takes the protos as they are for the baseline, unless they break it. Returns how they do. */
export function acceptShape(breaking: boolean): string[] {
  const shape = protoShape()
  const breaks = breaking ? [] : breaksOf(baseline(), shape)
  if (breaks.length === 0) writeFileSync(BASELINE, `${JSON.stringify(shape, undefined, 2)}\n`)
  return breaks
}
