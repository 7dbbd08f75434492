import type { Secrets } from '../finding.ts'
import { after, type Finder } from './finder.ts'
import { authorizationSecrets, cookieSecrets, within } from './header-secrets.ts'
import { isPlausible, isRandom } from './plausible.ts'

const KIND = 'assigned_secret'

/** Names of what is secret whatever it looks like. */
const NAMES = [
  ...[
    'password',
    'passwd',
    'passphrase',
    'secret',
    'token',
    'authorization',
    'cookie',
    'credential',
    'credentials',
  ],
  ...['apikey', 'api_key', 'api-key', 'accesskey', 'access_key', 'access-key'],
  ...['privatekey', 'private_key', 'private-key'],
]
/** Names of what may be secret: it counts, and is masked, only where it looks like it. */
const WEAK_NAMES = [
  ...[
    'pwd',
    'passwort',
    'kennwort',
    'contrasena',
    'mot de passe',
    'senha',
    'passcode',
    '_pass',
    'pass:',
    'pass=',
  ],
  ...[
    ' pass ',
    'authkey',
    'auth_key',
    'auth-key',
    'authtoken',
    'encryption_key',
    'encryptionkey',
    'signing_key',
  ],
  ...[
    'signingkey',
    'license_key',
    'licensekey',
    'license-key',
    'masterkey',
    'master_key',
    'sharedkey',
    'shared_key',
  ],
  ...[
    'servicekey',
    'service_key',
    'subscription_key',
    'subscription-key',
    'access_code',
    'login_key',
    'sonarlogin',
    '_auth',
  ],
]
/** Names that say little: the value has to look drawn at random. */
const VAGUE_NAMES = ['_key', '_pat', '_jwt', '_cert', '_dsn', '_hash', '_salt', '_seed']

/**
 * `password=`, `"api_key": `, `SECRET_KEY_BASE: `, `Cookie: `. Every quantifier is bounded and no two neighbours share a
 * character, so a miss costs at most some forty steps.
 */
const ASSIGNED = /(?:[_-][a-z0-9]{1,16}){0,2}[\\"']{0,3}\s{0,4}[=:]\s{0,4}/iy
/** `--db-password x`: the option that the name ends. */
const OPTION = /--(?:[a-z]{1,20}-){0,3}$/i
/** `-Password x`. */
const SHORT_OPTION = /(?:^|\s)-[a-z]{0,20}$/i
const LONGEST_OPTION = 64
const BLANKS = /\s{1,4}/y
/** Other ways to give a name its value: `:=`, `=>`, `==`, `("password", "x")`, `<password>x<`, `key="password" value="x"`. */
const ELSEWISE =
  /[\w-]{0,20}(?:["'\]) ]{0,4}\s{0,8}(?::=|=>|[=!]==?|->|,)\s{0,8}|["'(]{1,2}\s{0,2}(?=["'])|\s{1,4}(?=["'])|[\w:.-]{0,20}>\s{0,4}|["'] {1,4}value=)/y
const SAID = /(?: for (?:the )?user [^\s]{1,64})? (?:is|was|will be|set to|ist|lautet|es|est)[: ]{1,2}/iy
/** Without the backtick: what stands between two of them is run by a shell. */
const OPENING = /\\{0,3}(["'])/y
const BARE = /[^\s"'`,;&<>\\]+/y
const SCHEME = /(?:basic|bearer|token|digest)\s{1,4}/iy
const DIGITS = /^\d+$/
const SHORTEST_BARE = 4
const LONGEST_QUOTED = 4096

/** Values given to secret-looking names inside a text: command lines, headers, environment files, programs, sentences. */
export const ASSIGNED_SECRETS: readonly Finder[] = [
  {
    keywords: NAMES,
    find(text, start, end) {
      const word = text.slice(start, end).toLowerCase()
      const at = afterName(text, start, end)
      const sure = at === end ? undefined : valueAt(text, at, word, text.slice(end, at))
      if (sure === undefined) return weakly(text, start, end, isPlausible)
      return isAbout(text, start, end) ? doubtful(sure) : sure
    },
  },
  { keywords: WEAK_NAMES, find: (text, start, end) => weakly(text, start, end, isPlausible) },
  { keywords: VAGUE_NAMES, find: (text, start, end) => weakly(text, start, end, isRandom) },
]

/** Where the value begins that is surely assigned; `end` where none is. */
function afterName(text: string, start: number, end: number): number {
  const at = after(ASSIGNED, text, end)
  if (at > end) return at
  const isOption = OPTION.test(text.slice(Math.max(0, start - LONGEST_OPTION), start))
  return isOption ? after(BLANKS, text, end) : end
}

/** The secrets in the value that stands at `at`, and where it ends. */
function valueAt(text: string, at: number, word: string, between: string): Secrets | undefined {
  const opened = after(OPENING, text, at)
  const closed = opened === at ? -1 : closingQuote(text, opened)
  if (closed > opened) return assigned(text, opened, text[at] === '\\' ? unescaped(text, closed) : closed)

  if ((word === 'authorization' || word === 'cookie') && between.includes(':')) {
    if (text.startsWith('[redacted:', opened)) return undefined
    const header = (word === 'cookie' ? cookieSecrets : authorizationSecrets)(text, opened, KIND)
    return header.end > opened ? header : undefined
  }
  const start = after(SCHEME, text, opened)
  const end = after(BARE, text, start)
  if (end - start < SHORTEST_BARE) return undefined
  if (word === 'token' && DIGITS.test(text.slice(start, end))) return undefined
  return assigned(text, start, end)
}

/** The same in all other ways to write it, if the value looks like a secret. */
function weakly(
  text: string,
  start: number,
  end: number,
  looksSecret: (value: string) => boolean,
): Secrets | undefined {
  if (isAbout(text, start, end)) return undefined
  const isOption = SHORT_OPTION.test(text.slice(Math.max(0, start - LONGEST_OPTION), start))
  for (const way of isOption ? [BLANKS] : [ASSIGNED, ELSEWISE, SAID]) {
    const at = after(way, text, end)
    if (at === end) continue
    const opened = after(OPENING, text, at)
    const closed = opened === at ? -1 : closingQuote(text, opened)
    const to = closed > opened ? closed : after(BARE, text, opened)
    if (to - opened >= SHORTEST_BARE && looksSecret(text.slice(opened, to))) return assigned(text, opened, to)
  }
  return undefined
}

/** `secret_length`, `UserSecretsId`, `public_key`: it is about a secret, or none. */
function isAbout(text: string, start: number, end: number): boolean {
  return ABOUT.test(text.slice(end, end + 24)) || PUBLIC.test(text.slice(Math.max(0, start - 16), start))
}

const ABOUT =
  /^s?[_-]?(?:length|size|name|ids?|type|count|path|file|url|uri|arn|ref|version|ttl|expir|endpoint|format|prefix|field|header|hash|algorithm|policy|manager|store|provider)/i
const PUBLIC = /pub(?:lic)?[_-]?$/i

/** Where the quote that opened just before `start` closes, or -1. */
function closingQuote(text: string, start: number): number {
  const length = text.slice(start, start + LONGEST_QUOTED).indexOf(text.charAt(start - 1))
  return length === -1 ? -1 : start + length
}

/** Before the backslashes with which a closing quote is escaped, as its opening one is. */
function unescaped(text: string, quote: number): number {
  let end = quote
  while (text[end - 1] === '\\') end--
  return end
}

function assigned(text: string, start: number, end: number): Secrets | undefined {
  if (text.startsWith('[redacted:', start)) return undefined
  return { spans: within(text, start, end, KIND), end }
}

/** Masked, and nothing else comes of it. */
function doubtful({ spans, end }: Secrets): Secrets {
  return { spans: spans.map((span) => ({ ...span, severity: 'low' as const })), end }
}
