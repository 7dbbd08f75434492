import { type Refusal, refusalOf } from '@sallyport/jsonrpc'
import { type ErrorKind, SallyportError } from '@sallyport/runtime'

/** The upstream failed a request that was let through; the agent gets a JSON-RPC error, the record the code. */
export abstract class UpstreamFault extends SallyportError {
  /** More that answers and logs carry beside the code, by stable names. */
  get details(): Readonly<Record<string, string>> {
    return NO_DETAILS
  }
}

const NO_DETAILS: Readonly<Record<string, string>> = {}

/** Said wherever a request went out and no answer to it could be read: whoever asked must not take it for undone. */
const UNKNOWN = 'outcome unknown: the call was sent and may have been carried out'

/** The request was sent, and what became of it is not known. */
export abstract class OutcomeUnknown extends UpstreamFault {
  /** What failed, without what it means for the call. */
  readonly what: string

  constructor(code: string, kind: ErrorKind, what: string, options?: ErrorOptions) {
    super(code, kind, `${what}; ${UNKNOWN}`, options)
    this.what = what
  }

  override get details(): Readonly<Record<string, string>> {
    return { outcome: 'unknown' }
  }
}

/** The upstream did not answer, or fell silent in its answer, for longer than it may. */
export class UpstreamTimeout extends OutcomeUnknown {
  constructor(options?: ErrorOptions) {
    super('SP_UPSTREAM_TIMEOUT', 'timeout', 'the upstream did not answer in time', options)
  }
}

/** No connection to the upstream could be made. */
export class UpstreamUnreachable extends UpstreamFault {
  constructor(options?: ErrorOptions) {
    super('SP_UPSTREAM_UNREACHABLE', 'unavailable', 'the upstream cannot be reached', options)
  }
}

/** The upstream's connection broke before the answer was complete. */
export class UpstreamReset extends OutcomeUnknown {
  constructor(options?: ErrorOptions) {
    super('SP_UPSTREAM_RESET', 'unavailable', 'the upstream broke off its answer', options)
  }
}

/** The upstream does not know the session any more, and a new one could not be had in its place. */
export class UpstreamSessionLost extends UpstreamFault {
  constructor() {
    super('SP_UPSTREAM_SESSION_LOST', 'unavailable', 'the upstream does not know the session any more')
  }
}

/** The upstream ended its answer without the response that was asked for. */
export class UpstreamUnanswered extends OutcomeUnknown {
  constructor() {
    super('SP_UPSTREAM_UNANSWERED', 'unavailable', 'the upstream ended its answer without a response')
  }
}

/** The upstream answered something that is not MCP, or not readable without doubt; it is not passed on. */
export class UpstreamAnswerInvalid extends OutcomeUnknown {
  /** The rule that it breaks and where, when a decoder has refused it. */
  readonly refusal: Refusal | undefined

  constructor(what: string, options?: ErrorOptions & { readonly refusal?: Refusal }) {
    const refusal = options?.refusal ?? refusalOf(options?.cause)
    const why = refusal === undefined ? what : `${what}: ${refusal.text}`
    super('SP_UPSTREAM_ANSWER_INVALID', 'unavailable', `the upstream's answer is refused: ${why}`, options)
    this.refusal = refusal
  }

  override get details(): Readonly<Record<string, string>> {
    const { rule, place } = this.refusal ?? {}
    return {
      ...super.details,
      ...(rule === undefined ? {} : { rule }),
      ...(place === undefined || place === '' ? {} : { place }),
    }
  }
}

/** No verdict could be had on what an upstream lists, so that its list is not passed on. */
export class ListNotJudged extends UpstreamFault {
  constructor() {
    super('SP_LIST_NOT_JUDGED', 'unavailable', 'no decision could be had on what the upstream lists')
  }
}

/** The upstream's answer is larger than the cap. */
export class UpstreamAnswerTooLarge extends OutcomeUnknown {
  constructor(maxBytes: number) {
    super(
      'SP_UPSTREAM_ANSWER_TOO_LARGE',
      'exhausted',
      `the upstream's answer is larger than ${maxBytes} bytes`,
    )
  }
}

/**
 * The gateway has the most bytes of unread answers that it may have. The call was carried out and its answer is lost.
 */
export class AnswersUnread extends UpstreamFault {
  constructor() {
    super(
      'SP_ANSWERS_UNREAD',
      'exhausted',
      'too many bytes of answers are under way or unread; the call was carried out and its answer dropped',
    )
  }
}

/** The answer turned out to be a stream, and the gateway has as many open as it may; the request was carried out. */
export class StreamsFull extends UpstreamFault {
  constructor() {
    super(
      'SP_STREAMS_FULL',
      'exhausted',
      'this gateway has as many streams open as it may; the request was carried out and its answer dropped',
    )
  }
}

/**
 * The upstream redirects; redirects are not followed, as the credential is for the registered address. Where the new
 * address is the right one, register it.
 */
export class UpstreamRedirected extends UpstreamFault {
  /** `to` is the address it points to, without what may be secret of it; null where it names none. */
  constructor(status: number, to: string | null) {
    super(
      'SP_UPSTREAM_REDIRECTED',
      'unavailable',
      `the upstream redirects (${status}) to ${to ?? 'nowhere'}, which is not followed: if that is its address, register it`,
    )
  }
}

/** The upstream does not take the credential that Sallyport presents to it, or wants one and none is registered. */
export class UpstreamUnauthorized extends UpstreamFault {
  constructor(options?: ErrorOptions) {
    super(
      'SP_UPSTREAM_UNAUTHORIZED',
      'unavailable',
      'the upstream does not take the credential for it',
      options,
    )
  }
}

/**
 * The upstream answered with an HTTP error that cannot be passed on: its body is not strict JSON, or the agent's stream
 * is open already.
 */
export class UpstreamRefused extends UpstreamFault {
  constructor(status: number) {
    super('SP_UPSTREAM_STATUS', 'unavailable', `the upstream answered with status ${status}`)
  }
}

/** The call was under way when it had to end: Sallyport stops, or its gateway was revoked. */
export class CutOff extends OutcomeUnknown {
  constructor(reason: string) {
    super('SP_CUT_OFF', 'unavailable', `${reason}; the call was cut off`)
  }
}

/** The upstream's process ended, or the line to it broke, while the call was under way; it may have been carried out. */
export class UpstreamExited extends OutcomeUnknown {
  /** The last lines of its standard error, fit to be shown to operators. Agents do not get them. */
  readonly lastWords: () => readonly string[]

  constructor(how: string, lastWords: () => readonly string[] = () => []) {
    super('SP_UPSTREAM_EXITED', 'unavailable', `the upstream is gone: ${how}`)
    this.lastWords = lastWords
  }
}

/**
 * The upstream does not read what is sent to it, or has the most calls under way that it may have. This call was not
 * sent.
 */
export class UpstreamBusy extends UpstreamFault {
  constructor() {
    super('SP_UPSTREAM_BUSY', 'exhausted', 'the upstream has too much to do; the call was not sent')
  }
}

/** The upstream is a command of which no process could be started, or kept running until it answered. */
export class UpstreamNotStarted extends UpstreamFault {
  constructor(why: string, options?: ErrorOptions) {
    super('SP_UPSTREAM_NOT_STARTED', 'unavailable', `the upstream could not be started: ${why}`, options)
  }
}

/** As many commands run as may, and every one of them has a call under way. */
export class UpstreamsFull extends UpstreamFault {
  constructor() {
    super(
      'SP_UPSTREAMS_FULL',
      'exhausted',
      'too many sessions with servers that the proxy runs; try again later',
    )
  }
}

/** The upstream is a command, and this proxy does not run commands (SALLYPORT_PROXY_STDIO). */
export class UpstreamStdioOff extends UpstreamFault {
  constructor() {
    super('SP_UPSTREAM_STDIO_OFF', 'forbidden', 'this proxy does not run commands as upstreams')
  }
}

/** The upstream runs beside its agent, under `sallyport mcp`, and this is not the connection of that one. */
export class UpstreamNotAttached extends UpstreamFault {
  constructor() {
    super(
      'SP_UPSTREAM_NOT_ATTACHED',
      'unavailable',
      'the upstream is a server that sallyport mcp runs beside its agent, and can be reached only through that',
    )
  }
}
