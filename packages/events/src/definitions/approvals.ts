import { Type } from 'typebox'
import { Caller, GrantTerms, Selectors, Stages } from './approval-terms.ts'
import {
  Actor,
  argumentsText,
  Client,
  closed,
  Digest,
  GatewayRef,
  Id,
  Instant,
  Milliseconds,
  meta,
  Name,
  nullable,
  Outcome,
  Risk,
  Text,
} from './parts.ts'

/** An action that came before in the same session, as the proxy that asked had recorded it. */
const EarlierAction = Type.Object(
  {
    actionId: Id,
    at: Instant,
    upstream: Name,
    action: Name,
    verdict: Outcome,
    /** That of its `action.completed`, or `aborted`; null where there was none yet. */
    outcome: nullable(Name),
  },
  closed,
)

/** What an approval is bound to; `callDigest` is the SHA-256 of its canonical JSON. */
export const Binding = Type.Object(
  {
    tenant: Name,
    gatewayId: Id,
    upstream: Name,
    /** SHA-256 of where the upstream is and of the credential it is given. */
    upstreamDigest: Digest,
    action: Name,
    argsDigest: nullable(Digest),
    toolDigest: nullable(Digest),
    policyVersion: Name,
  },
  closed,
)

const approvalRef = { approvalId: Id, callDigest: Digest }

export const ApprovalRequested = Type.Object(
  {
    ...approvalRef,
    binding: Binding,
    actionId: Id,
    gateway: GatewayRef,
    connector: Name,
    tool: nullable(Name),
    risk: Risk,
    rule: Text,
    reasons: Type.Array(Text, { maxItems: 32 }),
    arguments: Type.Unknown(),
    argumentsText,
    meta,
    /** The whole arguments, for whoever may answer: AES-256-GCM under a key of the installation. See `ArgumentSeal`. */
    sealedArguments: Type.Optional(Type.String({ maxLength: 3_500_000 })),
    client: nullable(Client),
    /** Whether its arguments can be edited: whoever holds the call knows how to put others in their place. */
    editable: Type.Optional(Type.Literal(true)),
    /** A vote must be ordered before this instant. */
    expiresAt: Instant,
    /** How long an approval may be claimed after it was given. */
    usableForMs: Milliseconds,
    /** Whose votes it takes, one stage after the other. */
    stages: Stages,
    /** Whose votes count as well in every stage once it has escalated. */
    fallback: Selectors,
    /** When it is to be reminded of, if it is pending then; null: never. */
    remindAt: nullable(Instant),
    /** When it escalates, if it is pending then; null: never. */
    escalateAt: nullable(Instant),
    /** Whose votes never count: the gateway's owner, the person the agent acts for, whoever edited the call. */
    excluded: Type.Array(
      Type.Object(
        {
          personId: Id,
          why: Type.Union([Type.Literal('owner'), Type.Literal('principal'), Type.Literal('editor')]),
        },
        closed,
      ),
      { maxItems: 64 },
    ),
    /** Whom the agent acts for, as the issuer of its access token names them; absent where it is not known. */
    principal: Type.Optional(
      Type.Object(
        { issuer: Type.String({ maxLength: 2048 }), subject: Type.String({ maxLength: 512 }) },
        closed,
      ),
    ),
    /** What the agent did before in the same session, the oldest first; `more`: how many came before these. */
    soFar: Type.Optional(
      Type.Object(
        {
          actions: Type.Array(EarlierAction, { maxItems: 10 }),
          more: Type.Integer({ minimum: 0 }),
        },
        closed,
      ),
    ),
    /** The longest grant that may be born of it, and what it would be bound to. Absent: none may. */
    grantable: Type.Optional(Type.Object({ withinMs: Milliseconds, caller: Caller }, closed)),
  },
  closed,
)

const Places = Type.Array(Type.String({ maxLength: 1024 }), { maxItems: 100 })

/** What the fold needs to know of whoever votes, as it was when they did. */
export const Voter = Type.Object(
  {
    /** What counts once: the person's id, also for a bot of theirs; else the bot's or the token's. */
    id: Id,
    /** Of the token that they voted with; null where a person had signed in, or an earlier release has not recorded it. */
    tokenId: nullable(Id),
    personId: nullable(Id),
    botId: nullable(Id),
    roles: Type.Array(Name, { maxItems: 16 }),
    groups: Type.Array(Name, { maxItems: 64 }),
    /** Shown beside the others, and counts for nothing. */
    advisory: Type.Boolean(),
  },
  closed,
)

export const ApprovalVoted = Type.Object(
  {
    ...approvalRef,
    vote: Type.Union([Type.Literal('approve'), Type.Literal('deny')]),
    actor: Actor,
    voter: Voter,
    reason: nullable(Text),
    idempotencyKey: nullable(Name),
    /** JSON pointers of parts that the answerer did not have on screen, the first hundred; absent where there were none. */
    unseen: Type.Optional(Places),
    /** What was on the screen: the digest of the call, or of the edit. Absent: the call as it was asked for. */
    digest: Type.Optional(Digest),
    /** On a vote to approve: for which calls beside this one it is meant. Absent: for this call alone, once. */
    grant: Type.Optional(GrantTerms),
  },
  closed,
)

/** A leaf of the arguments that an edit has changed; null where there was, or is, none. Redacted. */
const EditChange = Type.Object(
  {
    place: Type.String({ maxLength: 1024 }),
    from: nullable(Type.String({ maxLength: 4096 })),
    to: nullable(Type.String({ maxLength: 4096 })),
  },
  closed,
)

export const ApprovalEdited = Type.Object(
  {
    ...approvalRef,
    actor: Actor,
    voter: Voter,
    /** The digest of what was edited: of the call, or of the edit before. Another one has been faster otherwise. */
    basedOn: Digest,
    /** The digest of the call with its new arguments. */
    editedDigest: Digest,
    /** As JSON text (RFC 6902), redacted. */
    patch: Type.String({ maxLength: 65_536 }),
    /** What is different from the arguments that the agent sent, the first hundred of them. */
    changes: Type.Array(EditChange, { maxItems: 100 }),
    /** The whole new arguments, redacted. */
    arguments: Type.Unknown(),
    argumentsText,
    /** The same whole, sealed like those of the request. */
    sealedArguments: Type.String({ maxLength: 3_500_000 }),
    reason: nullable(Text),
    idempotencyKey: nullable(Name),
  },
  closed,
)

/** Somebody who may answer had secrets of these parts shown. */
export const ApprovalRevealed = Type.Object({ ...approvalRef, actor: Actor, places: Places }, closed)

/** Somebody said something about it to the others who look at it. */
export const ApprovalCommented = Type.Object(
  {
    ...approvalRef,
    actor: Actor,
    /** The same comment, appended twice, is one. */
    commentId: Id,
    comment: Type.String({ minLength: 1, maxLength: 2000 }),
  },
  closed,
)

/** A destination has told people of it: which messages there are, so that they can say later what became of it. */
export const ApprovalTold = Type.Object(
  {
    ...approvalRef,
    /** Such as `email` or `teams`. */
    destination: Name,
    messages: Type.Array(
      Type.Object(
        {
          /** A channel, a conversation, or `person:` and the id of a person. */
          place: Name,
          /** What the destination calls the message; null where it gives it no name. */
          id: nullable(Name),
        },
        closed,
      ),
      { minItems: 1, maxItems: 200 },
    ),
  },
  closed,
)

/** Somebody opened the link of a message that was sent to a person. The first time counts. */
export const ApprovalLinkOpened = Type.Object(
  { ...approvalRef, actor: Actor, personId: Id, linkId: Name },
  closed,
)

export const ApprovalReminded = Type.Object({ ...approvalRef }, closed)

export const ApprovalEscalated = Type.Object({ ...approvalRef }, closed)

export const ApprovalExpired = Type.Object({ ...approvalRef }, closed)

export const ApprovalCancelled = Type.Object({ ...approvalRef, actor: Actor, reason: Text }, closed)

export const ApprovalClaimed = Type.Object(
  {
    ...approvalRef,
    actionId: Id,
    claimant: Name,
    /** What will run: the digest of the edit. Absent: the call as it was asked for. */
    digest: Type.Optional(Digest),
  },
  closed,
)

const grantRef = { ...approvalRef, grantId: Id }
/** What the call was held by that a grant is about, so that it lets nothing pass that is held by something else. */
const heldBy = { rule: Text, reasons: Type.Array(Text, { maxItems: 32 }) }

export const GrantGiven = Type.Object(
  {
    ...grantRef,
    terms: GrantTerms,
    until: Instant,
    gateway: GatewayRef,
    connector: Name,
    tool: nullable(Name),
    risk: Risk,
    /** Of the call that was approved; a grant is bound to all of it but the arguments. */
    binding: Binding,
    caller: Caller,
    ...heldBy,
    /** The names of those whose votes gave it. */
    approvers: Type.Array(Name, { maxItems: 160 }),
  },
  closed,
)

export const GrantUsed = Type.Object(
  { ...grantRef, actionId: Id, claimant: Name, binding: Binding, caller: Caller, ...heldBy },
  closed,
)

export const GrantRevoked = Type.Object({ ...grantRef, actor: Actor, reason: Text }, closed)
