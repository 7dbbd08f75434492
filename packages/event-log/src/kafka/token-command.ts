import { execFile } from 'node:child_process'
import { processEnvironment, SallyportError } from '@sallyport/runtime'

/** The command that gives Kafka's token ended badly, took too long, or printed no token. */
export class KafkaTokenMissing extends SallyportError {
  constructor(why: string, options?: ErrorOptions) {
    super('SP_KAFKA_TOKEN_MISSING', 'unavailable', `SALLYPORT_KAFKA_TOKEN_COMMAND ${why}`, options)
  }
}

const WITHIN_MS = 20_000
const MAX_BYTES = 64 * 1024
/** Of a token that does not say when it ends. */
const UNTOLD_MS = 60_000
/** The part of a token's life after which another is asked for. */
const USED_UP = 0.8

interface Token {
  readonly value: string
  /** By `performance.now`. */
  readonly until: number
}

/**
 * The tokens that a command prints, alone or as `{"access_token": …, "expires_in": seconds}`. One is used for most of its
 * life, and the command runs once however many connections wait. Rejects with KafkaTokenMissing.
 */
export function tokensOf(command: readonly string[]): () => Promise<string> {
  let asked: Promise<Token> | undefined
  let until = 0
  return async () => {
    if (asked === undefined || performance.now() > until) {
      until = Number.POSITIVE_INFINITY
      const run = runFor(command)
      asked = run
      run.then(
        (token) => (until = token.until),
        () => (asked = undefined),
      )
    }
    return (await asked).value
  }
}

async function runFor(command: readonly string[]): Promise<Token> {
  const printed = (await outputOf(command)).trim()
  const { value, seconds } = printed.startsWith('{')
    ? ofJson(printed)
    : { value: printed, seconds: undefined }
  // RFC 6750, section 2.1.
  if (!/^[A-Za-z0-9._~+/-]+=*$/.test(value)) throw new KafkaTokenMissing('prints no token')
  const lifeMs = seconds === undefined ? (lifeOfJwt(value) ?? UNTOLD_MS) : seconds * 1000
  return { value, until: performance.now() + lifeMs * USED_UP }
}

/** What it prints on standard error may hold a secret, and is not read. */
function outputOf([program = '', ...args]: readonly string[]): Promise<string> {
  const env = Object.fromEntries(
    Object.entries(processEnvironment()).filter(([name]) => !/^SALLYPORT_/i.test(name)),
  )
  const options = { env, timeout: WITHIN_MS, maxBuffer: MAX_BYTES, windowsHide: true }
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (failure, printed) => {
      if (failure === null) resolve(printed)
      else reject(new KafkaTokenMissing(endOf(failure)))
    })
  })
}

/** The message of the failure has the arguments in it. */
function endOf({ code, killed }: { readonly code?: unknown; readonly killed?: boolean }): string {
  if (killed) return `took longer than ${WITHIN_MS / 1000} s, or printed too much`
  return typeof code === 'number' ? `ended with code ${code}` : `cannot be run (${String(code ?? 'no code')})`
}

function ofJson(text: string): { value: string; seconds: number | undefined } {
  try {
    const { access_token: value, expires_in: seconds } = JSON.parse(text) as Record<string, unknown>
    if (typeof value === 'string')
      return { value, seconds: typeof seconds === 'number' && seconds > 0 ? seconds : undefined }
  } catch {
    // Said below.
  }
  throw new KafkaTokenMissing('prints JSON without access_token')
}

/** By its claim `exp`, which is read and not trusted: the broker judges the token. */
function lifeOfJwt(token: string): number | undefined {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      exp?: unknown
    }
    const lifeMs = typeof claims.exp === 'number' ? claims.exp * 1000 - Date.now() : 0
    return lifeMs > 0 ? lifeMs : undefined
  } catch {
    return undefined
  }
}
