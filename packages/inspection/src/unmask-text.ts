import type { Part } from './redact.ts'

const MARKER = /\[redacted:[^\],]{1,64}, \d{1,10} characters\]/g

/**
 * A text that somebody wrote who was shown a part with markers in it: each marker is the secret again that it stands for in
 * that part. Markers of one kind and length are taken in their order. Undefined where there is one that stands for nothing
 * there: as it is written it would go on as a text.
 */
export function unmaskText(
  text: string,
  shown: Pick<Part, 'text' | 'masks' | 'original'> | undefined,
): string | undefined {
  const markers = text.match(MARKER)
  if (markers === null) return text
  if (shown === undefined) return undefined
  const left = secretsOf(shown)
  let isKnown = true
  const written = text.replace(MARKER, (marker) => {
    // The agent may have sent such a text itself.
    if (shown.original.includes(marker)) return marker
    const at = left.findIndex((secret) => secret.marker === marker)
    if (at === -1) {
      isKnown = false
      return marker
    }
    const [found] = left.splice(at, 1)
    return found?.secret ?? marker
  })
  return isKnown ? written : undefined
}

interface Secret {
  readonly marker: string
  readonly secret: string
}

function secretsOf({ text, masks, original }: Pick<Part, 'text' | 'masks' | 'original'>): Secret[] {
  let hidden = 0
  return masks.map(({ start, end, characters }) => {
    const from = start - hidden
    hidden += end - start - characters
    return { marker: text.slice(start, end), secret: original.slice(from, from + characters) }
  })
}
