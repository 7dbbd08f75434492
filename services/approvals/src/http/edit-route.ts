import type { Approval } from '@sallyport/approval'
import { type ApiPlugin, actorOf, type Principal, problemResponse, voterOf } from '@sallyport/http-api'
import { decodeJson, type ExactJson, exactly } from '@sallyport/jsonrpc'
import { SallyportError } from '@sallyport/runtime'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { EditRequest } from '../editing/edit-approval.ts'
import { operationsOf } from '../editing/edited-arguments.ts'
import { EditInvalid } from '../errors.ts'
import { ApprovalView, Digest } from './approval-view.ts'

const Params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) })
const Edit = Type.Object(
  {
    patch: Type.Array(
      Type.Object(
        {
          op: Type.Enum(['add', 'replace', 'remove']),
          path: Type.String({
            maxLength: 8192,
            description: 'JSON pointer into the arguments, such as /title',
          }),
          value: Type.Optional(Type.Unknown({ description: 'numbers are kept as they are written' })),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 100, description: 'JSON Patch (RFC 6902) without move, copy and test' },
    ),
    reason: Type.Optional(Type.String({ maxLength: 2000, description: 'recorded, and told to the agent' })),
    digest: Type.Optional({ ...Digest, description: '`digest` of the approval as it was on the screen' }),
    confirm: Type.Optional(
      Type.Boolean({ description: 'edits although nobody would be left to approve the call' }),
    ),
  },
  { additionalProperties: false },
)

export interface EditRouteOptions {
  readonly edit: (request: EditRequest) => Promise<Approval>
  readonly viewFor: (principal: Principal) => Promise<(approval: Approval) => ApprovalView>
}

/** Other arguments in the place of those of a held call. A room of its own: its bodies are read with exact numbers. */
export function editRoute({ edit, viewFor }: EditRouteOptions): ApiPlugin {
  return async (server) => {
    const bodies = readExactly(server)
    server.post(
      '/v1/approvals/:id/edit',
      {
        schema: {
          summary:
            'Puts other arguments in the place of those that wait: its votes are void, and whoever edits has none',
          tags: ['approvals'],
          params: Params,
          body: Edit,
          response: {
            200: ApprovalView,
            400: problemResponse(
              '`SP_APPROVAL_EDIT_INVALID`: it cannot be carried out, or the tool does not take it',
            ),
            403: problemResponse('Only those edit a call whose votes it takes: `SP_APPROVAL_NOT_YOURS`'),
            404: problemResponse('Unknown, or ended long ago'),
            409: problemResponse(
              'Answered, or edited by somebody else (`SP_APPROVAL_EDITED`); cannot be edited (`SP_APPROVAL_NOT_EDITABLE`); or nobody would be left to approve it (`SP_APPROVAL_EDIT_UNANSWERABLE`)',
            ),
          },
        },
      },
      async (request) => {
        const { params, body, principal, idempotencyKey } = request
        const exact = bodies.get(request)
        if (exact === undefined) throw new EditInvalid('it has no body')
        const { reason, digest, confirm = false } = body
        const approval = await edit({
          approvalId: params.id,
          operations: operationsOf(patchOf(exact)),
          actor: actorOf(principal),
          voter: voterOf(principal),
          reason: reason || null,
          ...(digest !== undefined && { digest }),
          confirmed: confirm,
          idempotencyKey,
        })
        return (await viewFor(principal))(approval)
      },
    )
  }
}

function patchOf(body: ExactJson): ExactJson {
  return typeof body === 'object' && body !== null && 'patch' in body ? body.patch : null
}

/** Bodies are checked by the schema like others, and kept with their numbers as they were written. */
function readExactly(server: FastifyInstance): WeakMap<FastifyRequest, ExactJson> {
  const bodies = new WeakMap<FastifyRequest, ExactJson>()
  server.removeContentTypeParser('application/json')
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    try {
      const decoded = decodeJson(text as string)
      bodies.set(request, exactly(decoded))
      done(null, decoded.value)
    } catch (refusal) {
      done(
        refusal instanceof SallyportError
          ? new EditInvalid(refusal.message, { cause: refusal })
          : (refusal as Error),
      )
    }
  })
  return bodies
}
