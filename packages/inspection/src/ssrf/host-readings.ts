/** A URL as the ways of reading it that are in use understand it. */
export interface UrlReadings {
  /** With its colon, lower case. */
  readonly scheme: string
  /** Hosts without brackets, each once; the one of the WHATWG URL Standard comes first. */
  readonly hosts: readonly string[]
}

const LONGEST = 8192
/** What the WHATWG URL Standard trims, and the tabs and line ends that it takes out anywhere. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is trimmed
const TRIMMED = /^[\u0000-\u0020]+|[\u0000-\u0020]+$|[\t\r\n]+/g
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/
/** A host and a port look like a scheme: `localhost:8080/x`. */
const HOST_AND_PORT = /^[A-Za-z0-9.-]+:\d{1,5}(?:[/?#]|$)/
const NUMBERS = /^\d+(?:\.\d+){3}$/

/**
 * The hosts that a URL may lead to: what browsers, Node and Go read (WHATWG URL Standard), what is read by the letter of
 * RFC 3986, and what follows where a name or password is decoded once too often. A text without a scheme is read as curl reads
 * it, as `http`. Undefined where nobody can read it. At most 8,192 characters.
 */
export function readingsOf(url: string): UrlReadings | undefined {
  if (url.length > LONGEST) return undefined
  const text = url.replace(TRIMMED, '')
  const named = HOST_AND_PORT.test(text) ? null : SCHEME.exec(text)
  const whole = named === null ? `http://${text.replace(/^[/\\]+/, '')}` : text
  const parsed = URL.parse(whole)
  if (parsed === null) return undefined
  const standard = parsed.hostname.replace(/^\[(.*)\]$/, '$1')
  const after = /^[^:]*:[/\\]*/.exec(whole)?.[0].length ?? 0
  const others = authorityReadings(whole.slice(after)).flatMap(hostsIn)
  return { scheme: parsed.protocol, hosts: [...new Set([standard, ...others])] }
}

/** What of the text may be the authority, with its user, host and port. */
function authorityReadings(rest: string): readonly string[] {
  const [strict = ''] = /^[^/?#]*/.exec(rest) ?? []
  // Some take a user for what another takes for the end of the host: `a.example#@b.example`.
  const [lax = ''] = /^[^/]*/.exec(rest) ?? []
  return [strict, lax].flatMap((authority) => [authority, decoded(authority)])
}

function hostsIn(authority: string): readonly string[] {
  const parts = authority.split('@')
  if (parts.length === 1) return octalAsDecimal(authority)
  // After the last @ as the RFC says, and after the first one as some do.
  return [parts.at(-1), parts[1], parts[0]?.split(/[\\/?#]/)[0]].flatMap((part) => {
    const host = part === undefined || part === parts[0] ? undefined : hostOf(part)
    return host === undefined ? [] : [host]
  })
}

/** `010.0.0.1` is 8.0.0.1 in the standard and 10.0.0.1 where leading zeros are only dropped. */
function octalAsDecimal(authority: string): readonly string[] {
  const host = authority.replace(/:\d*$/, '')
  if (!NUMBERS.test(host)) return []
  return [host.split('.').map(Number).join('.')]
}

function hostOf(authority: string): string | undefined {
  return URL.parse(`http://${authority}/`)?.hostname.replace(/^\[(.*)\]$/, '$1')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
