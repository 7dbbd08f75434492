/** Words that stand where a secret belongs in examples and templates. */
const EXAMPLE =
  /example|sample|placeholder|dummy|fake|changeme|change[-_ ]?me|change[-_ ]?this|your[-_]?|insert|replace|redacted|masked|hidden|omitted|todo|fixme|foobar|lorem|notreal|not[-_]?a[-_]?real|mytoken|mysecret|mypassword|my[-_](?:secret|token|key|pass)|some[-_](?:secret|token|key|pass)|super[-_]?secret|topsecret|supersecret|letmein|xxxx|\*{3,}|\.{3,}|-{5,}|_{5,}|here$|randomstring|<[a-z]|\$\{|\{\{|%\(|#\{/i
/** Runs that nobody draws at random. */
const RUN =
  /0123456|1234567|2345678|3456789|abcdefg|bcdefgh|cdefghi|qwerty|abc123|123abc|abcd1234|deadbeef|cafebabe|(.)\1{5}|(..)\2{4}|(...)\3{3}/i
/** Passwords of documents and of fresh installations. */
const COMMON = new Set(
  (
    'password passwd pass pw pwd secret secrets token tokens key keys apikey api_key api-key user username admin administrator root test testing ' +
    'guest demo default none null nil undefined true false yes no on off empty string str text value number int bool boolean ' +
    'object array any optional required bearer basic postgres mysql redis mongo mongodb rabbitmq minio keycloak grafana elastic ' +
    'hunter2 foo bar baz qux changeit welcome login credentials credential auth authorization access client clientsecret ' +
    'client_secret client-secret client_id private public github gitlab slack env process.env config self this here it is not ' +
    'the a an and or of for with from in to by as dev local prod production staging development password1 password123 passw0rd ' +
    'p@ssword p@ssw0rd 123456 12345678 secret123 pass123 admin123 test123 root123 sa sysdba system manager oracle'
  ).split(' '),
)
const VARIABLE =
  /^[$%@#&!]|^(?:env|process|os|config|settings|self|this|ctx|req|request|secrets?|vars?|args|params|options|data|var|local|module|github|inputs?|values|std|System|Deno|Bun)[.[(:]|[({[].*[)}\]]$|^[<[{(]|^\/|^\.{1,2}\/|^[a-z][a-z0-9+.-]{1,12}:\/\/|::|->|=>|\(\)/i
const IDENTIFIER = /^[A-Za-z]+(?:[._-][A-Za-z]+)*$/
/** Another assignment, a version, a date or a file. */
const ELSE =
  /^[A-Za-z][A-Za-z_.-]*[=:]$|^[A-Za-z][\w.-]*[=:][^=/]|\d+\.\d+\.\d+$|\.(?:ts|js|mjs|py|json|ya?ml|md|txt|html?|pem|crt|key|env|sh|go|rs|java|xml|toml|conf|cfg|ini|png|jpe?g|svg)$/i
const FEW = 8

/**
 * Whether a secret by its look is one of an example: `AKIAIOSFODNN7EXAMPLE`, `xxxx`, `abcd1234`. Known keys of
 * documentation say so in their text.
 */
export function isExample(secret: string): boolean {
  if (EXAMPLE.test(secret) || RUN.test(secret)) return true
  return secret.length >= 12 && new Set(secret.toLowerCase()).size < Math.min(FEW, secret.length / 3)
}

/** Whether what looks like a secret is one, and none of an example or a name of a program. */
export function isLikely(secret: string): boolean {
  return !isExample(secret) && !(IDENTIFIER.test(secret) && !isMixed(secret))
}

/**
 * Whether a value that is only said to be secret, by its name, is likely to be one: it is nothing that a program
 * puts there at run time, no word of an example, and hard to guess.
 */
export function isPlausible(value: string): boolean {
  const plain = value.replace(/^["'`]+|["'`;,.)]+$/g, '')
  if (plain.length < 6 || COMMON.has(plain.toLowerCase()) || VARIABLE.test(plain) || isExample(plain))
    return false
  if (IDENTIFIER.test(plain)) return plain.length >= 20 && bits(plain) > 3.8 && isMixed(plain)
  if (/^\d+(?:[.,:/-]\d+)*$/.test(plain) || ELSE.test(plain)) return false
  return bits(plain) > (plain.length < 12 ? 2.4 : 3)
}

/** The same for a value whose name says little: `bucket_key`. */
export function isRandom(value: string): boolean {
  const plain = value.replace(/^["'`]+|["'`;,.)]+$/g, '')
  return (
    /^[A-Za-z0-9+/=_-]{16,256}$/.test(plain) &&
    /\d/.test(plain) &&
    /[A-Za-z]/.test(plain) &&
    isPlausible(plain) &&
    bits(plain) > 3.2
  )
}

/** Letters of both cases in turn, as words in camelCase do not have them. */
function isMixed(text: string): boolean {
  const changes = [...text.matchAll(/[a-z][A-Z]|[A-Z]{2}[a-z]/g)].length
  return changes >= text.length / 5
}

/** Shannon's entropy of the characters, in bits a character. */
function bits(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  let sum = 0
  for (const count of counts.values()) sum -= (count / text.length) * Math.log2(count / text.length)
  return sum
}
