/**
 * The part of a WWW-Authenticate field that is for a client of bearer tokens (RFC 6750, section 3, and RFC 9728,
 * section 5.1).
 */
export interface Challenge {
  readonly error?: string
  readonly error_description?: string
  readonly scope?: string
  readonly resource_metadata?: string
}

const MEMBERS = ['error', 'error_description', 'scope', 'resource_metadata'] as const
const LONGEST = 8192
/** RFC 9110, section 11.6.1: a scheme, then its parameters. A word without `=` begins the next challenge. */
const PARAMETER =
  /([A-Za-z0-9!#$%&'*+.^_`|~-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([A-Za-z0-9!#$%&'*+.^_`|~/:?@-]+))/y
const SCHEME = /([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?:[ \t]+|(?=,)|$)/y
const SEPARATOR = /[ \t]*,[ \t]*|[ \t]+/y
/** The characters that each of them may hold: none that would end the quotes or the line. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]{1,2048}$/

export function challengeText(challenge: Challenge): string {
  const said = MEMBERS.flatMap((name) => {
    const value = challenge[name]
    return value !== undefined && PLAIN.test(value) ? [`${name}="${value}"`] : []
  })
  return ['Bearer realm="sallyport"', ...said].join(', ')
}

/** The first bearer challenge of a field, with the parameters that clients act on; undefined where there is none. */
export function readChallenge(field: string | readonly string[] | undefined): Challenge | undefined {
  const text = typeof field === 'string' ? field : field?.join(', ')
  if (text === undefined || text.length > LONGEST) return undefined
  const found: Record<string, string> = {}
  let scheme = ''
  let at = 0
  while (at < text.length) {
    const parameter = matchAt(PARAMETER, text, at)
    if (parameter !== null && scheme !== '') {
      const [whole, name = '', quoted, bare] = parameter
      const key = name.toLowerCase()
      if (scheme === 'bearer' && isMember(key)) found[key] ??= quoted?.replace(/\\(.)/g, '$1') ?? bare ?? ''
      at += whole.length
    } else {
      const next = matchAt(SCHEME, text, at)
      // Another challenge begins, or what nobody can read: the first bearer challenge is complete.
      if (next === null || scheme === 'bearer') break
      scheme = (next[1] ?? '').toLowerCase()
      at += next[0].length
    }
    at += matchAt(SEPARATOR, text, at)?.[0].length ?? 0
  }
  return scheme === 'bearer' ? found : undefined
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

function isMember(name: string): name is (typeof MEMBERS)[number] {
  return (MEMBERS as readonly string[]).includes(name)
}
