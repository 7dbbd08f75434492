import { UpstreamAnswerInvalid, UpstreamFault } from '../../../../domain/upstream-faults.ts'

/** The fault of an upstream whose answer could not be read: what was thrown, or that this part of it is refused. */
export function faultOf(what: string, cause: unknown): UpstreamFault {
  return cause instanceof UpstreamFault ? cause : new UpstreamAnswerInvalid(what, { cause })
}
