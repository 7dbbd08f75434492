import type { Metadata, ServerDuplexStream, UntypedServiceImplementation } from '@grpc/grpc-js'
import { Metadata as NewMetadata, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js'
import type { DecisionInput, Verdict } from '@sallyport/policy'
import type { DecisionPoint } from './decision.ts'
import { fromWireInput, toWireVerdict } from './decision-wire.ts'
import { unavailable, unreadableInput } from './faults.ts'
import type { DecideRequest__Output } from './gen/sallyport/decision/v1/DecideRequest.ts'
import type { DecideResponse } from './gen/sallyport/decision/v1/DecideResponse.ts'
import type { DecisionInput__Output } from './gen/sallyport/decision/v1/DecisionInput.ts'
import { statusOf } from './status.ts'

/** Answers that a caller has not read yet before its questions are no longer taken. */
const MAX_UNREAD = 1024

type DecideCall = ServerUnaryCall<DecideRequest__Output, DecideResponse>
type DecideStream = ServerDuplexStream<DecideRequest__Output, DecideResponse>

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
    stream.on('data', (request: DecideRequest__Output) => {
      const answer = ask(point, request.inputs)
      if (answer instanceof Promise) void answer.then((late) => reply(stream, request.requestId, late))
      else reply(stream, request.requestId, answer)
    })
    stream.on('end', () => stream.end())
    stream.on('drain', () => stream.resume())
  }

  const decide = async (call: DecideCall, done: sendUnaryData<DecideResponse>) => {
    try {
      check(call.metadata)
      const { requestId, inputs } = call.request
      done(null, toResponse(requestId, await ask(point, inputs)))
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

function reply(stream: DecideStream, requestId: number, verdicts: readonly Verdict[]): void {
  if (!stream.writable) return
  stream.write(toResponse(requestId, verdicts))
  if (stream.writableLength > MAX_UNREAD) stream.pause()
}

function toResponse(requestId: number, verdicts: readonly Verdict[]): DecideResponse {
  return { requestId, verdicts: verdicts.map(toWireVerdict) }
}

function ask(
  point: DecisionPoint,
  wires: readonly DecisionInput__Output[],
): Promise<readonly Verdict[]> | readonly Verdict[] {
  const inputs = wires.map(fromWireInput)
  if (!areReadable(inputs)) return inputs.map(unreadableInput)
  try {
    const [only] = inputs
    const answer = inputs.length === 1 && only ? point.decide(only) : point.decideMany(inputs)
    if (!(answer instanceof Promise)) return listOf(answer)
    return answer.then(listOf).catch(() => inputs.map(failed))
  } catch {
    return inputs.map(failed)
  }
}

function areReadable(inputs: readonly (DecisionInput | undefined)[]): inputs is readonly DecisionInput[] {
  return !inputs.includes(undefined)
}

function listOf(answer: Verdict | readonly Verdict[]): readonly Verdict[] {
  return isOne(answer) ? [answer] : answer
}

function isOne(answer: Verdict | readonly Verdict[]): answer is Verdict {
  return !Array.isArray(answer)
}

function failed(): Verdict {
  return unavailable('the decision service failed')
}
