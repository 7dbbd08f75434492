import { shownTime } from '../shown-time.ts'
import type { Difference, Differing } from './offered.ts'
import { visible } from './visible.ts'

const LONGEST_SHOWN = 4000

/** The lines in which a person reads what has become of a definition. */
export function differenceText(differing: Differing): string {
  const { upstream, kind, key, status, mode, offered, since } = differing
  const title = `${visible(kind)} ${visible(key)} of ${visible(upstream)}: ${status} ${shownTime(since)} (${mode})`
  const lines = differing.differences.flatMap(lineOf)
  if (differing.refused !== null)
    lines.push(`  ! what is listed now is refused: ${visible(differing.refused)}`)
  if (!differing.complete)
    lines.push('  ! they differ in more than is shown: a part was too large to keep, or looked like a secret')
  const next = offered === null ? [] : [`  fingerprint ${offered}`]
  return [title, ...lines, ...next].join('\n')
}

function lineOf({ place, before, after }: Difference): string[] {
  const where = `  ${place === '' ? '(all of it)' : visible(place)}`
  return [
    where,
    ...(before === null ? [] : [`  - ${shown(before)}`]),
    ...(after === null ? [] : [`  + ${shown(after)}`]),
  ]
}

/** The end is what an upstream would hide something in, so a cut is never silent. */
function shown(json: string): string {
  const text = visible(json)
  if (text.length <= LONGEST_SHOWN) return text
  return `${text.slice(0, LONGEST_SHOWN)}… (${text.length - LONGEST_SHOWN} more characters; all of it with --json)`
}
