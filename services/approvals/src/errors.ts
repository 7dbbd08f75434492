import { type Approval, describeStatus, type Rejection } from '@sallyport/approval'
import { SallyportError } from '@sallyport/runtime'
import type { UnseenPart } from './unseen-parts.ts'

/** There is no approval of that id, or it ended too long ago to be at hand here (audit has it). */
export class ApprovalNotFound extends SallyportError {
  constructor() {
    super('SP_APPROVAL_NOT_FOUND', 'not_found', 'there is no such approval, or it ended long ago')
  }
}

/** A bot would answer what its limits do not let it answer. */
export class BotLimited extends SallyportError {
  constructor(name: string, why: string) {
    super('SP_BOT_LIMITED', 'forbidden', `bot ${name} is limited: ${why}`)
  }
}

/** The approval was answered, used or taken back before; the message names by whom and when. */
export class ApprovalClosed extends SallyportError {
  constructor(how: string) {
    super('SP_APPROVAL_CLOSED', 'conflict', `the approval is not open: ${how}`)
  }
}

/** So many comments are kept of one approval, and no more are taken. */
export class ApprovalCommentsFull extends SallyportError {
  constructor(why: string) {
    super('SP_APPROVAL_COMMENTS_FULL', 'conflict', `the comment is not taken: ${why}`)
  }
}

/** The answer, claim or request came after the approval's time was over. */
export class ApprovalExpired extends SallyportError {
  constructor(how: string) {
    super('SP_APPROVAL_EXPIRED', 'conflict', `too late: ${how}`)
  }
}

/** The vote does not count: whoever gave it is excluded, or is none of those whom the open stage takes. */
export class ApprovalNotYours extends SallyportError {
  constructor(why: string) {
    super('SP_APPROVAL_NOT_YOURS', 'forbidden', `your vote does not count here: ${why}`)
  }
}

/** A request to the address for Slack is not Slack's, is old, or has come before. */
export class SlackRequestRefused extends SallyportError {
  constructor(why: string) {
    super('SP_SLACK_REQUEST_REFUSED', 'unauthenticated', `the request is not taken as one of Slack: ${why}`)
  }
}

/** A request to the address for Teams is not one of the Bot Connector for this app and tenant, is old, or has come before. */
export class TeamsRequestRefused extends SallyportError {
  constructor(why: string) {
    super('SP_TEAMS_REQUEST_REFUSED', 'unauthenticated', `the request is not taken as one of Teams: ${why}`)
  }
}

/** A link of a message is not one of this installation, is over, is not for this approval or person, or its code is wrong. */
export class ApprovalLinkRefused extends SallyportError {
  constructor(why: string) {
    super('SP_APPROVAL_LINK_REFUSED', 'forbidden', `the link does not open this approval: ${why}`)
  }
}

/** A link of a message opens once; the message says when it was opened. */
export class ApprovalLinkUsed extends SallyportError {
  constructor(how: string) {
    super(
      'SP_APPROVAL_LINK_USED',
      'conflict',
      `the link works once, and ${how}. If that was not you, tell your administrator; sign in to answer`,
    )
  }
}

/** The call is another one than was on the screen: somebody has edited its arguments meanwhile. Look at it anew. */
export class ApprovalEdited extends SallyportError {
  constructor(how: string) {
    super('SP_APPROVAL_EDITED', 'conflict', `${how}: look at it again, and answer that`)
  }
}

/** The arguments of this call cannot be edited: only those of a call of an MCP tool can, while it waits. */
export class ApprovalNotEditable extends SallyportError {
  constructor(why: string) {
    super('SP_APPROVAL_NOT_EDITABLE', 'conflict', `the arguments cannot be edited: ${why}`)
  }
}

/** An edit cannot be carried out, changes nothing, or makes arguments that the tool does not take. */
export class EditInvalid extends SallyportError {
  constructor(why: string, options?: ErrorOptions) {
    super('SP_APPROVAL_EDIT_INVALID', 'invalid', `the edit was not taken: ${why}`, options)
  }
}

/** Whoever edits a call does not approve it, and after this edit nobody would be left who can; with `confirm` it is taken. */
export class EditUnanswerable extends SallyportError {
  constructor(why: string) {
    super(
      'SP_APPROVAL_EDIT_UNANSWERABLE',
      'conflict',
      `whoever edits a call does not approve it, and nobody else can: ${why}. Deny it and say in the reason what to change, or let another person in (sallyport person add), or confirm`,
    )
  }
}

/** Each voter counts once in an approval, and a person and their bots are one voter. */
export class ApprovalVotedAlready extends SallyportError {
  constructor(why: string) {
    super('SP_APPROVAL_VOTED_ALREADY', 'conflict', `your vote counts once: ${why}`)
  }
}

/** Somebody approves without having had all parts on screen; with the same request and `confirm` it is taken. */
export class PartsUnseen extends SallyportError {
  readonly parts: readonly UnseenPart[]

  constructor(parts: readonly UnseenPart[]) {
    const [first] = parts
    const which =
      parts.length === 1 ? `${first?.place} was` : `${first?.place} and ${parts.length - 1} more parts were`
    super('SP_APPROVAL_PARTS_UNSEEN', 'conflict', `${which} not shown: look at all of it, or confirm`)
    this.parts = parts
  }
}

/** The request contradicts itself: the binding is not that of the call. */
export class ApprovalInvalid extends SallyportError {
  constructor(reason: string) {
    super('SP_APPROVAL_INVALID', 'invalid', `the approval was not taken: ${reason}`)
  }
}

/** The state of approvals cannot be told now, or it is not known whether an intent counted; it can be tried again. */
export class ApprovalsUnavailable extends SallyportError {
  constructor(reason: string, options?: ErrorOptions) {
    super('SP_APPROVALS_UNAVAILABLE', 'unavailable', `approvals are not available: ${reason}`, options)
  }
}

/** The gateway has as many open approvals as it may have; the call is not held until some of them are over. */
export class ApprovalsExhausted extends SallyportError {
  constructor(limit: number) {
    super('SP_APPROVALS_EXHAUSTED', 'exhausted', `${limit} calls of this gateway wait for a person already`)
  }
}

/** The arguments of a gateway's open approvals take all the room that there is for them. */
export class ApprovalsTooHeavy extends SallyportError {
  constructor() {
    super(
      'SP_APPROVALS_TOO_HEAVY',
      'exhausted',
      'the arguments of the calls of this gateway that wait for a person are too long together',
    )
  }
}

/** There is no grant of that id, or it ended too long ago to be at hand here (audit has it). */
export class GrantNotFound extends SallyportError {
  constructor() {
    super('SP_GRANT_NOT_FOUND', 'not_found', 'there is no such grant, or it ended long ago')
  }
}

/** The grant has ended before: it was revoked or used up, or its time was over. */
export class GrantEnded extends SallyportError {
  constructor(how: string) {
    super('SP_GRANT_ENDED', 'conflict', `the grant is not open: ${how}`)
  }
}

/** The error that tells a caller why their intent had no effect. */
export function rejectionError({ kind, reason }: Rejection, approval?: Approval): SallyportError {
  const how = approval ? describeStatus(approval) : reason
  switch (kind) {
    case 'not_found':
      return new ApprovalNotFound()
    case 'expired':
      return new ApprovalExpired(how)
    case 'conflict':
      return new ApprovalClosed(how)
    case 'invalid':
      return new ApprovalInvalid(reason)
    case 'forbidden':
      return new ApprovalNotYours(reason)
    case 'voted':
      return new ApprovalVotedAlready(reason)
    case 'edited':
      return new ApprovalEdited(reason)
  }
}
