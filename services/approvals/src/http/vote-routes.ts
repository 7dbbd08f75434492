import type { Approval, Vote } from '@sallyport/approval'
import { type ApiPlugin, actorOf, type Principal, problemResponse, voterOf } from '@sallyport/http-api'
import { type Static, Type } from 'typebox'
import type { AnswerRequest } from '../answer.ts'
import { ApprovalView, Digest } from './approval-view.ts'

export interface VoteRoutesOptions {
  readonly answer: (request: AnswerRequest) => Promise<Approval>
  readonly viewFor: (principal: Principal) => Promise<(approval: Approval) => ApprovalView>
}

const tags = ['approvals']
const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) })
const Grant = Type.Object(
  {
    for: Type.Optional(
      Type.String({ maxLength: 32, description: 'such as 30m, 2h or 1d; from the last vote on' }),
    ),
    session: Type.Optional(Type.Boolean({ description: 'only for calls of the same session' })),
    uses: Type.Optional(Type.Integer({ description: 'for so many calls beside this one' })),
    where: Type.Optional(
      Type.Array(Type.String({ maxLength: 2048 }), {
        maxItems: 64,
        description:
          'conditions on the arguments, such as `repo="acme/web"`, `branch~"release-*"`, `amount<=100`, `title`',
      }),
    ),
    others: Type.Optional(
      Type.Enum(['any', 'none'], {
        description: 'whether arguments that no condition names may be there (default: none)',
      }),
    ),
  },
  {
    additionalProperties: false,
    description:
      'on a vote to approve: calls of the same tool that fit need nobody until it ends, with any arguments where nothing is said of them; given where every vote asks for the same',
  },
)
const Answer = Type.Union(
  [
    Type.Object(
      {
        reason: Type.Optional(
          Type.String({ maxLength: 2000, description: 'recorded, and told to the agent' }),
        ),
        unseen: Type.Optional(
          Type.Array(Type.String({ maxLength: 8192 }), {
            maxItems: 1000,
            description:
              'places of the parts that were not on screen, none where all were; left out: those that lists and streams cut off',
          }),
        ),
        confirm: Type.Optional(Type.Boolean({ description: 'approves although parts were not on screen' })),
        digest: Type.Optional({
          ...Digest,
          description:
            '`digest` of the approval as it was on screen: another one is refused. Must be given once it was edited',
        }),
        grant: Type.Optional(Grant),
      },
      { additionalProperties: false },
    ),
    Type.Null(),
  ],
  { default: null, description: 'may be left out' },
)

/** Votes to approve and to deny. */
export function voteRoutes({ answer, viewFor }: VoteRoutesOptions): ApiPlugin {
  return async (server) => {
    for (const vote of ['approve', 'deny'] as const) {
      server.post(
        `/v1/approvals/:id/${vote}`,
        {
          schema: {
            summary:
              vote === 'approve'
                ? 'Votes to let this exact call go on, once; it goes on when every stage has its votes'
                : 'Refuses the call',
            tags,
            params: Id,
            body: Answer,
            response: {
              200: ApprovalView,
              403: problemResponse('The vote does not count: `SP_APPROVAL_NOT_YOURS` says why'),
              404: problemResponse('Unknown, or ended long ago'),
              409: problemResponse(
                'Answered before: the detail names by whom and when. Or `SP_APPROVAL_VOTED_ALREADY`. Or `SP_APPROVAL_EDITED`: it is another call than was on screen. Or `SP_APPROVAL_PARTS_UNSEEN`: `unseen` names parts that were not on screen',
              ),
              410: problemResponse('Expired'),
            },
          },
        },
        async ({ params, body, principal, idempotencyKey }) =>
          (await viewFor(principal))(
            await answer(answerOf(params.id, vote, principal, body ?? {}, idempotencyKey)),
          ),
      )
    }
  }
}

function answerOf(
  approvalId: string,
  vote: Vote,
  principal: Principal,
  { reason, unseen, confirm = false, digest, grant }: NonNullable<Static<typeof Answer>>,
  idempotencyKey: string | null,
): AnswerRequest {
  const actor = actorOf(principal)
  const voter = voterOf(principal)
  const answer = {
    approvalId,
    vote,
    actor,
    voter,
    reason: reason || null,
    idempotencyKey,
    confirmed: confirm,
    ...(digest !== undefined && { digest }),
    ...(grant && vote === 'approve' && { grant }),
  }
  return unseen === undefined ? answer : { ...answer, unseen }
}
