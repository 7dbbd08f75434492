import { fullyDecoded, strippedOfControls } from './decoded-text.ts'
import { flatAddress } from './flat-address.ts'

/** The resources that a server may read under one URI. */
export interface AddressReadings {
  /** Other texts of the whole address. Servers that read it so use that resource. */
  readonly whole: readonly string[]
  /** The address as WHATWG parsers give it, decoded. */
  readonly decoded: string
  /** The one text that all spellings of an address have. */
  readonly plain: string
  /** The same of an address whose empty segments count for nothing, as in file systems. Mostly the same text. */
  readonly collapsed: string
  /**
   * The plain texts of the address without its query and the like, which some servers do not look at, and with letters for
   * their compatibility forms.
   */
  readonly shorter: readonly string[]
  /** False where it cannot be told which resource a server reads. */
  readonly clear: boolean
}

/** Bytes that lenient decoders take for ASCII (RFC 3629, section 10): `%C0%AE` is a dot to them. */
const OVERLONG = /%(?:c0|c1|e0%[89]|f0%8)/i
const SEPARATORS = /[/\\]/
const DELIMITERS = /[?#&=:;]/
/** Schemes whose hosts are names of DNS. */
const IN_DNS = /^(?:https?|wss?|ftp):/
/** An address with nothing behind its host. */
const ROOT = /^[^/]*:\/\/[^/]*\/$/
const BEYOND_ASCII = /[^\0-\x7f]/

/** Most addresses: nothing in them is read in two ways. Special schemes (WHATWG URL, section 4.2) have hosts with rules. */
const ORDINARY =
  /^(?:file:\/\/(?=\/)|(?!file:|https?:|wss?:|ftp:)[a-z][a-z0-9+-]*:\/\/[A-Za-z0-9_][A-Za-z0-9_.-]*(?<!\.))(?:\/[A-Za-z0-9_-][A-Za-z0-9_.-]*(?<!\.))*$/

/**
 * Reads a URI in the ways that servers do: as the WHATWG URL Standard says, which is what the SDKs' URL classes do;
 * decoded; and resolved like a path. Linear in its length.
 */
export function readAddress(sent: string): AddressReadings {
  if (!ORDINARY.test(sent)) return readThoroughly(sent)
  return { whole: [], decoded: sent, plain: sent, collapsed: sent, shorter: [], clear: true }
}

/** The same for any address. */
export function readThoroughly(sent: string): AddressReadings {
  const stripped = strippedOfControls(sent)
  const address = URL.parse(stripped)?.href ?? stripped
  const { text: decoded, settled } = fullyDecoded(address)
  const plain = flatAddress(decoded)
  // Before segments were resolved: some readers see others.
  const unresolved = address === stripped ? decoded : fullyDecoded(stripped).text
  const collapsed = collapsedOf(unresolved, plain)
  const whole = [...new Set([decoded, plain, collapsed])].filter((text) => text !== sent)
  const cut = new Set([...shorterOf(address), ...(collapsed === plain ? [] : shorterOf(collapsed))])
  const flat = [...cut].map((one) => flatAddress(fullyDecoded(one).text))
  const shorter = new Set([...flat, ...looserOf([plain, collapsed, ...flat])])
  shorter.delete(plain)
  shorter.delete(collapsed)
  const clear = settled && !OVERLONG.test(sent) && !leadsOn(unresolved, plain) && !foldsElsewhere(unresolved)
  return { whole, decoded, plain, collapsed, shorter: [...shorter], clear }
}

/**
 * Of `a//../b`, URL parsers make `a/b`, as `..` takes the empty segment away. File systems make `b` of it. So this is
 * resolved first and parsed then.
 */
function collapsedOf(unresolved: string, plain: string): string {
  const flat = flatAddress(unresolved)
  if (flat === plain) return plain
  const href = URL.parse(flat)?.href
  return href === undefined || href === flat ? flat : flatAddress(fullyDecoded(href).text)
}

/** Whether another reader may resolve it further: it leads out of its beginning, or some make `..` of a segment. */
function leadsOn(decoded: string, plain: string): boolean {
  if (decoded.includes('\0')) return true
  return decoded.includes('.') && (plain.startsWith('..') || decoded.split(SEPARATORS).some(isDotsToSome))
}

function isDotsToSome(segment: string): boolean {
  if (!segment.includes('.') || isDots(segment)) return false
  return segment.split(DELIMITERS).some((piece) => isDots(piece.trim()))
}

function isDots(text: string): boolean {
  return text === '.' || text === '..'
}

/** Whether its compatibility form (Unicode, NFKC) has other segments: a full-width slash is a slash there. */
function foldsElsewhere(decoded: string): boolean {
  if (!BEYOND_ASCII.test(decoded)) return false
  const segments = decoded.split(SEPARATORS)
  const folded = foldedOf(decoded).split(SEPARATORS)
  return (
    folded.length !== segments.length ||
    folded.some((segment, at) => (isDots(segment) && segment !== segments[at]) || isDotsToSome(segment))
  )
}

/** A full-width `%` may be decoded too by whoever folds first. */
function foldedOf(text: string): string {
  return fullyDecoded(text.normalize('NFKC')).text
}

/** In their compatibility form, and with segments as some servers and Windows find them. */
function looserOf(texts: readonly string[]): string[] {
  const folded = texts.filter((text) => BEYOND_ASCII.test(text)).map((text) => flatAddress(foldedOf(text)))
  const bare = [...texts, ...folded].flatMap((text) => {
    const segments = text.split('/').map(bareSegment).join('/')
    return segments === text ? [] : [flatAddress(segments)]
  })
  return [...folded, ...bare]
}

/**
 * Without parameters (RFC 3986, section 3.3) and the name of the stream that a file is read by anyway (NTFS, `::$DATA`), and
 * without blanks around it or dots behind it.
 */
function bareSegment(segment: string): string {
  if (isDots(segment)) return segment
  const end = segment.search(/;|::\$/)
  const text = (end < 0 ? segment : segment.slice(0, end)).trim()
  let length = text.length
  while (length > 0 && (text[length - 1] === '.' || text[length - 1] === ' ')) length--
  return text.slice(0, length)
}

/**
 * Without user, the dot at the end of a host, and the host of a file; without fragment, query and the slash at the end,
 * one after the other. A path without a scheme is that of a file.
 */
function shorterOf(address: string): string[] {
  const bare = barelyHosted(address)
  const starts = bare === address ? [address] : [address, bare]
  const texts = starts.flatMap((start) => {
    const named = cutAt(start, '#')
    const path = cutAt(named, '?')
    return [start, named, path, withoutSlash(path)]
  })
  return texts.filter((text) => text !== address)
}

function cutAt(text: string, delimiter: string): string {
  const at = text.indexOf(delimiter)
  return at < 0 ? text : text.slice(0, at)
}

function withoutSlash(address: string): string {
  return address.endsWith('/') && !ROOT.test(address) ? address.slice(0, -1) : address
}

function barelyHosted(address: string): string {
  if (/^[/\\]/.test(address)) return `file:///${address}`
  const [start, scheme, authority = ''] = /^([a-z][a-z0-9+.-]*:)\/\/([^/\\?#]*)/i.exec(address) ?? []
  if (start === undefined) return address
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  const named = IN_DNS.test(address) ? host.replace(/\.(?=$|:\d*$)/, '') : host
  return `${scheme}//${scheme === 'file:' ? '' : named}${address.slice(start.length)}`
}
