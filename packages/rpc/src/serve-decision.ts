import type { Metadata, ServerDuplexStream, UntypedServiceImplementation } from '@grpc/grpc-js'
import { Metadata as NewMetadata, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js'
import type { DecideRequest, Decision, DecisionPoint } from './decision.ts'
import { toWireDecision, type WireDecideRequest, type WireDecision } from './decision-wire.ts'
import { unavailable } from './faults.ts'
import { statusOf } from './status.ts'

/** Answers that a caller has not read yet before its questions are no longer taken. */
const MAX_UNREAD = 1024

type DecideCall = ServerUnaryCall<WireDecideRequest, WireDecision>
type DecideStream = ServerDuplexStream<WireDecideRequest, WireDecision>

/** The Decision service over a point, and a way to end its streams, which otherwise never end. */
export function decisionHandlers(point: DecisionPoint, check: (metadata: Metadata) => void) {
  const streams = new Set<DecideStream>()

  const decideStream = (stream: DecideStream) => {
    stream.on('error', () => streams.delete(stream))
    stream.on('close', () => streams.delete(stream))
    stream.on('cancelled', () => streams.delete(stream))
    try {
      check(stream.metadata)
    } catch (reason) {
      stream.destroy(Object.assign(new Error('refused'), statusOf(reason)))
      return
    }
    streams.add(stream)
    // The headers at once: a caller takes the stream for open when it has them.
    stream.sendMetadata(new NewMetadata())
    stream.on('data', (request: WireDecideRequest) => {
      const answer = ask(point, request)
      if (answer instanceof Promise) void answer.then((late) => reply(stream, request.requestId, late))
      else reply(stream, request.requestId, answer)
    })
    stream.on('end', () => stream.end())
    stream.on('drain', () => stream.resume())
  }

  const decide = async (call: DecideCall, done: sendUnaryData<WireDecision>) => {
    try {
      check(call.metadata)
      const answer = await ask(point, call.request)
      done(null, toWireDecision(call.request.requestId, answer))
    } catch (reason) {
      done(statusOf(reason))
    }
  }

  const handlers: UntypedServiceImplementation = { Decide: decide, DecideStream: decideStream }
  return {
    handlers,
    endStreams() {
      for (const stream of streams) stream.end()
    },
  }
}

function reply(stream: DecideStream, requestId: number, decision: Decision): void {
  if (!stream.writable) return
  stream.write(toWireDecision(requestId, decision))
  if (stream.writableLength > MAX_UNREAD) stream.pause()
}

function ask(point: DecisionPoint, request: DecideRequest): Promise<Decision> | Decision {
  try {
    const answer = point.decide(request)
    return answer instanceof Promise ? answer.catch(failed) : answer
  } catch {
    return failed()
  }
}

function failed(): Decision {
  return unavailable('the decision service failed')
}
