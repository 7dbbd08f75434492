import type { Span } from '../finding.ts'
import { authorizationSecrets, cookieSecrets } from './header-secrets.ts'
import { secretRuns } from './secret-runs.ts'

/** With the ways of APIs to be told a key, and the signatures that make an address a ticket. */
const ALWAYS =
  /password|passwd|passphrase|passcode|secret|apikey|privatekey|accesskey|signingkey|encryptionkey|sshkey|authorization|credential|cookie|bearer|connectionstring|assertion|subscriptionkey|functionskey|sharedkey|authkey|amzsignature|googsignature/
const WHOLE = new Set(['pass', 'pwd', 'auth', 'pin', 'otp', 'totp', 'jwt', 'sid', 'sessionid', 'sig'])
const ENDING = /(?:token|pwd|jwt)$/
/** Plain facts about tokens, and counts of them (those are numbers). */
const ABOUT_TOKENS = new Set([
  'tokenizer',
  'tokentype',
  'tokenurl',
  'tokenuri',
  'tokenendpoint',
  'tokencount',
  'tokenlimit',
])
const SEPARATORS = /[^a-z0-9]+/g
const ASCII = /^[\x20-\x7e]*$/

/**
 * Whether a value under this key is to be taken for a secret whatever it looks like: `api_key`, `X-Api-Key` and
 * `apiKey` alike. `max_tokens: 100` is not a secret.
 */
export function isSecretKey(key: string, value: unknown): boolean {
  if (value === null || typeof value === 'boolean') return false
  const folded = (ASCII.test(key) ? key : key.normalize('NFKC')).toLowerCase().replace(SEPARATORS, '')
  if (folded === 'progresstoken') return false
  if (ALWAYS.test(folded) || WHOLE.has(folded) || ENDING.test(folded)) return true
  return folded.includes('token') && typeof value !== 'number' && !ABOUT_TOKENS.has(folded)
}

/** How the secret is found in a text under a secret key: headers have more than the secret in them. */
export function findUnderKey(key: string): (text: string) => readonly Span[] {
  const folded = key.toLowerCase()
  if (folded.includes('cookie')) return (text) => cookieSecrets(text, 0, 'key').spans
  if (folded.includes('authorization')) return (text) => authorizationSecrets(text, 0, 'key').spans
  return (text) => secretRuns(text, 'key')
}

const FLAG = /^--?[A-Za-z][A-Za-z0-9_-]{0,60}$/

/** `--password` and the like in an argument list: the next element is the secret. */
export function isSecretFlag(text: unknown): boolean {
  return typeof text === 'string' && FLAG.test(text) && isSecretKey(text, '')
}
