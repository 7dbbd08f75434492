import { type ControlView, upstreamDigest } from '@sallyport/control'
import { type DecodeOptions, errorResponse, type RequestId } from '@sallyport/jsonrpc'
import { type Logger, messageOf, newId, SallyportError } from '@sallyport/runtime'
import { decodeWord, type Frame, type Word } from '@sallyport/stdio'
import type { WebSocket } from 'ws'
import { OUR_CODES } from '../../connectors/mcp/answers/answers.ts'
import type { McpWay } from '../../connectors/mcp/mcp-way.ts'
import type { McpCall } from '../../connectors/mcp/message/call.ts'
import {
  type Arrival,
  readCall,
  sessionEndCall,
  streamCall,
  unreadableCall,
} from '../../connectors/mcp/message/read-call.ts'
import type { Session } from '../../connectors/mcp/session/session.ts'
import type { SessionSeal } from '../../connectors/mcp/session/session-seal.ts'
import { type DroppedFrom, sessionClosedEvent } from '../../domain/records.ts'
import { UpstreamExited } from '../../domain/upstream-faults.ts'
import { TooManyCalls } from '../../governing/limits/errors.ts'
import type { Recording } from '../../governing/record/record-decision.ts'
import { recordRefusal } from '../../governing/record/record-refusal.ts'
import { ChannelExchanges, type ChannelLimits } from '../../reaching/channel/channel-exchanges.ts'
import type { AttachedServers } from '../../reaching/stdio/attached-servers.ts'
import { refusalCode, unreadFacts } from '../mcp/refuse-unread.ts'
import type { Admission } from '../server/admit.ts'
import { admissionStands } from './admission-stands.ts'
import { ChannelAnswer } from './channel-answer.ts'
import { WrapperSocket } from './wrapper-socket.ts'

/** The parts that serving a wrapper needs. */
export interface WrapperNeeds {
  readonly way: McpWay
  readonly control: ControlView
  readonly seal: SessionSeal
  /** Where its server can be reached from here. */
  readonly attached: AttachedServers
  readonly requestLimits: DecodeOptions
  readonly channelLimits: ChannelLimits
  readonly callsPerGateway: number
  /** How much may wait to be read before the wrapper is given up. */
  readonly waitingBytes: number
  readonly recording: Recording
  readonly logger: Logger
}

/** Passed on with every exchange: a wrapper has no headers. */
const PASSED = {
  protocolVersion: null,
  mirrored: null,
  accept: 'application/json, text/event-stream',
  lastEventId: undefined,
  traceparent: undefined,
} as const

const MOST_REFUSING = 64

/** WebSocket close codes (RFC 6455, section 7.4.2: 4000 to 4999 are for applications). */
export const CLOSE = { goingAway: 1001, notAdmitted: 4403 } as const

/**
 * One `sallyport mcp`: its client's lines are calls like any other, its server's lines are the answers. The server is
 * reached over this connection and by this client alone.
 */
export class WrapperConnection {
  readonly #needs: WrapperNeeds
  readonly #admission: Admission
  readonly #socket: WrapperSocket
  readonly #exchanges: ChannelExchanges
  readonly #answers = new Set<ChannelAnswer>()
  readonly #onClosed: (connection: WrapperConnection) => void
  #session: Session
  /** The last message without an answer. Later messages must not overtake it. */
  #said: Promise<void> = Promise.resolve()
  #serverEnded = false
  /** Lines of the client that wait until the record has taken in what was refused before them. */
  readonly #lines: Buffer[] = []
  #refusing = 0
  #behind = false

  constructor(
    needs: WrapperNeeds,
    admission: Admission,
    socket: WebSocket,
    resumed: Session | undefined,
    onClosed: (connection: WrapperConnection) => void,
  ) {
    this.#needs = needs
    this.#admission = admission
    this.#onClosed = onClosed
    this.#session = resumed ?? this.#sealed(newId(), null)
    this.#socket = new WrapperSocket({
      socket,
      waitingBytes: needs.waitingBytes,
      onFrame: (frame) => this.#take(frame),
      onClose: () => this.#closed(),
    })
    this.#exchanges = new ChannelExchanges({
      peer: {
        send: (text) => this.#socket.sendToServer(text),
        pause: () => this.#socket.pause(),
        resume: () => this.#socket.resume(),
        close: () => this.#socket.close(CLOSE.goingAway, 'the session was ended'),
      },
      sessionId: this.#session.upstreamId,
      limits: needs.channelLimits,
      logger: needs.logger,
      begun: resumed !== undefined,
      onDropped: (dropped) => needs.recording.dropped.tell(this.#from(), dropped),
    })
    needs.attached.attach(this.#session.upstreamId, this.#exchanges)
    // Messages that the server sends unasked are governed like the stream of any other client.
    this.#govern(streamCall(this.#arrival()))
  }

  /** Closes when the gateway or what the server is registered as is not what it was. */
  review(): void {
    if (!admissionStands(this.#needs.control, this.#admission)) this.close(CLOSE.notAdmitted)
  }

  close(code: number): void {
    this.#socket.close(code, code === CLOSE.notAdmitted ? 'not let in any more' : 'Sallyport is stopping')
  }

  terminate(): void {
    this.#socket.terminate()
  }

  #take({ tag, line }: Frame): void {
    if (tag === 's') this.#exchanges.take(line)
    else if (tag === 'c') this.#next(line)
    else this.#listen(decodeWord(line))
  }

  #listen(word: Word | undefined): void {
    if (word?.word !== 'ended') return
    this.#serverEnded = true
    // Made of our own words: text of a wrapper would end up in answers and logs.
    const how = /^(?:it ended with code \d{1,3}|it was ended by SIG[A-Z0-9]{1,10})$/.test(word.how)
      ? word.how
      : 'it ended'
    this.#exchanges.end(new UpstreamExited(how))
  }

  /** A client that sends nothing but rubbish must not fill the record's queue, in which others wait. */
  #next(line?: Buffer): void {
    if (line !== undefined) this.#lines.push(line)
    while (this.#refusing < MOST_REFUSING) {
      const first = this.#lines.shift()
      if (first === undefined) break
      this.#fromClient(first)
    }
    const behind = this.#lines.length > 0
    if (behind === this.#behind) return
    this.#behind = behind
    if (behind) this.#socket.pause()
    else this.#socket.resume()
  }

  #fromClient(line: Buffer): void {
    const { callsPerGateway } = this.#needs
    let call: McpCall
    try {
      call = readCall(this.#arrival(), line, this.#needs.requestLimits)
      if (this.#answers.size > callsPerGateway) throw new TooManyCalls(callsPerGateway)
    } catch (refusal) {
      this.#refuse(line, refusal)
      return
    }
    this.#govern(call)
  }

  #govern(call: McpCall): void {
    const { promise: ended, resolve: onEnded } = Promise.withResolvers<void>()
    const answer: ChannelAnswer = new ChannelAnswer({
      line: this.#socket,
      kind: call.kind,
      onSession: (sealed) => this.#opened(sealed),
      onEnd: () => {
        this.#answers.delete(answer)
        onEnded()
      },
    })
    this.#answers.add(answer)
    const before = this.#said
    // Requests run beside each other; a notification is on its way before what was said after it.
    if (call.kind === 'notification' || call.kind === 'response') this.#said = before.then(() => ended)
    before
      .then(() => this.#needs.way.take(call, answer, PASSED))
      .catch((error: unknown) => {
        this.#needs.logger.error({ actionId: call.actionId, error }, 'an exchange failed')
        this.#socket.terminate()
      })
  }

  /** The record says why and never what was sent; the client learns which of its requests it was, where that can be read. */
  #refuse(line: Buffer, cause: unknown): void {
    if (!(cause instanceof SallyportError)) throw cause
    this.#refusing += 1
    const call = unreadableCall(this.#arrival(), line.length)
    void recordRefusal(this.#needs.recording, cause, call).finally(() => {
      this.#refusing -= 1
      this.#next()
    })
    const id = idIn(line)
    if (id === undefined) return
    const code = cause instanceof TooManyCalls ? OUR_CODES.denied : refusalCode(cause)
    this.#socket.send(errorResponse(id, code, messageOf(cause), unreadFacts(call, cause)))
  }

  #opened(sealed: string): void {
    const opened = this.#needs.seal.open(sealed, this.#owner())
    if (opened === undefined) return
    this.#session = this.#sealed(this.#session.upstreamId, opened)
    const session = this.#needs.seal.seal(this.#session)
    this.#socket.tell({ word: 'session', session })
  }

  #sealed(upstreamId: string, opened: Pick<Session, 'protocolVersion' | 'client'> | null): Session {
    const { seal } = this.#needs
    const sealed = seal.seal({
      ...this.#owner(),
      upstreamId,
      protocolVersion: opened?.protocolVersion ?? null,
      client: opened?.client ?? null,
      owner: null,
      endpoint: null,
      // The server is the wrapper's: only that one could begin it anew.
      initialize: null,
    })
    const session = seal.open(sealed, this.#owner())
    if (session === undefined) throw new Error('a session that was sealed does not open')
    return session
  }

  #owner() {
    const { gateway, upstream } = this.#admission
    return { gatewayId: gateway.id, upstream: upstream.name, upstreamDigest: upstreamDigest(upstream) }
  }

  #from(): DroppedFrom {
    const { gateway, upstream } = this.#admission
    return { gateway, upstream: upstream.name, session: this.#session.label }
  }

  #arrival(): Arrival {
    const { gateway, upstream, agentAuthorization } = this.#admission
    const arrivedAt = performance.now()
    const session = this.#session
    return {
      actionId: newId(),
      gateway,
      upstream,
      agentAuthorization,
      arrivedAt,
      session,
      versionHeader: null,
    }
  }

  #closed(): void {
    const { attached, recording } = this.#needs
    attached.detach(this.#session.upstreamId, this.#exchanges)
    for (const answer of [...this.#answers]) answer.lost()
    this.#exchanges.end(new UpstreamExited('the connection to sallyport mcp ended'))
    if (this.#session.protocolVersion !== null) {
      const reason = this.#serverEnded ? 'the server ended' : 'the connection to sallyport mcp ended'
      recording.recorder.later(sessionClosedEvent(sessionEndCall(this.#arrival()), reason, recording.clock()))
    }
    this.#onClosed(this)
  }
}

/** Not read strictly: it only tells the client which of its own requests was refused. */
function idIn(line: Buffer): RequestId | null | undefined {
  try {
    const value: unknown = JSON.parse(line.toString())
    if (typeof value !== 'object' || value === null) return null
    const { id, method } = value as { readonly id?: unknown; readonly method?: unknown }
    if (typeof id === 'string' || Number.isSafeInteger(id)) return id as RequestId
    // A notification has no answer, and neither has an answer.
    return method === undefined ? null : undefined
  } catch {
    return null
  }
}
