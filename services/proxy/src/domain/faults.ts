import { SallyportError } from '@sallyport/runtime'
import { OutcomeUnknown, type UpstreamAnswerInvalid } from './upstream-faults.ts'

/** The proxy's copy of the control state may be stale, so nothing is let through on it. */
export class ControlStale extends SallyportError {
  constructor(options?: ErrorOptions) {
    super('SP_CONTROL_STALE', 'unavailable', 'the state of gateways and upstreams may be stale', options)
  }
}

/** The decision service failed in a way it should not: it answered with an exception. */
export class DecisionFailed extends SallyportError {
  constructor(options?: ErrorOptions) {
    super('SP_DECISION_FAILED', 'unavailable', 'no decision could be had', options)
  }
}

/** The upstream wants a credential that this process does not have. */
export class CredentialMissing extends SallyportError {
  constructor(reason: string, options?: ErrorOptions) {
    super('SP_CREDENTIAL_MISSING', 'unavailable', reason, options)
  }
}

/** The authorization server that gives the credential for an upstream does not answer, or not as it should. */
export class CredentialUnavailable extends SallyportError {
  constructor(reason: string, options?: ErrorOptions) {
    super('SP_CREDENTIAL_UNAVAILABLE', 'unavailable', `no credential could be had: ${reason}`, options)
  }
}

/** The authorization server refuses to give the credential for an upstream: check what is configured for it. */
export class CredentialRefused extends SallyportError {
  constructor(reason: string) {
    super('SP_CREDENTIAL_REFUSED', 'unavailable', `the authorization server gives no credential: ${reason}`)
  }
}

/** The log did not confirm the decision, so nothing was forwarded. */
export class NotRecorded extends SallyportError {
  constructor(options?: ErrorOptions) {
    super('SP_EVENT_LOG_UNAVAILABLE', 'unavailable', 'the decision could not be recorded', options)
  }
}

/** The approvals service refused what it was asked, for a reason that trying again does not cure. */
export class ApprovalRefused extends SallyportError {
  constructor(options?: ErrorOptions) {
    super('SP_APPROVAL_REFUSED', 'internal', 'the approval could not be requested or claimed', options)
  }
}

/** A person has edited the call, and what they approved cannot be had: neither that nor the call as it was asked for is carried out. */
export class EditUnusable extends SallyportError {
  constructor(options?: ErrorOptions) {
    super(
      'SP_EDIT_UNUSABLE',
      'internal',
      'the arguments that a person has edited cannot be carried out',
      options,
    )
  }
}

/** The definition that an approval is bound to cannot be read again, so the approval is not used. */
export class ToolDefinitionUnknown extends SallyportError {
  constructor() {
    super(
      'SP_TOOL_DEFINITION_UNKNOWN',
      'unavailable',
      'the upstream does not tell whether the tool is still what was approved',
    )
  }
}

/** `Last-Event-ID` names no event of this session: of another one, or made up. */
export class EventUnknown extends SallyportError {
  constructor() {
    super('SP_EVENT_UNKNOWN', 'invalid', 'Last-Event-ID names no event of this session')
  }
}

/** The upstream could not be asked whether it has the tool that is called; one that it does not list is not called. */
export class ToolsUnlisted extends SallyportError {
  constructor(cause: SallyportError) {
    const message = `the upstream does not tell whether it has what is called: ${whatWasWrong(cause)}`
    super('SP_TOOLS_UNLISTED', 'unavailable', message, { cause })
  }
}

/** The upstream's list is refused, so that it is not known whether it has what is called. The upstream has to mend it. */
export class ListRefused extends SallyportError {
  constructor(cause: UpstreamAnswerInvalid) {
    const message = `it is not known whether the upstream has what is called: ${whatWasWrong(cause)}`
    super('SP_LIST_REFUSED', 'unavailable', message, { cause })
  }
}

/** The list was asked for on behalf of a call that was never sent, so nothing is said of its outcome. */
function whatWasWrong(cause: SallyportError): string {
  return cause instanceof OutcomeUnknown ? cause.what : cause.message
}

/** The action's name is longer than the record holds, or empty. */
export class ActionUnnameable extends SallyportError {
  constructor() {
    super('SP_ACTION_UNNAMEABLE', 'invalid', 'the method or tool has no name that can be governed')
  }
}

/** A protocol revision that this proxy does not speak; clients then fall back to one that it does. */
export class ProtocolVersionUnsupported extends SallyportError {
  constructor(supported: readonly string[]) {
    super(
      'SP_PROTOCOL_VERSION',
      'invalid',
      `Unsupported protocol version (supported versions: ${supported.join(', ')})`,
    )
  }
}

/** The session is unknown, or belongs to another gateway or upstream. */
export class SessionUnknown extends SallyportError {
  constructor() {
    super('SP_SESSION_UNKNOWN', 'not_found', 'Session not found')
  }
}
