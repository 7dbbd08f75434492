import type { Approval, Vote } from '@sallyport/approval'
import type { ControlView, Person } from '@sallyport/control'
import { type ApiPlugin, CrossSite, isOfOurPages } from '@sallyport/http-api'
import { BoundedMap } from '@sallyport/runtime'
import { type Static, Type } from 'typebox'
import type { AnswerRequest } from '../../answer.ts'
import type { ApprovalsFold } from '../../approvals-fold.ts'
import { contextOf } from '../../domain/approval-context.ts'
import { ApprovalLinkRefused, ApprovalLinkUsed, ApprovalNotFound } from '../../errors.ts'
import { answerInDetail } from '../../http/answer-in-detail.ts'
import { viewOf } from '../../http/approval-view.ts'
import { grantsNow, standpointFor } from '../../http/standpoint.ts'
import { linkOpenedIntent, refOf } from '../../intents.ts'
import type { SessionsSoFar } from '../../sessions-so-far.ts'
import type { ShownCalls } from '../../shown-calls.ts'
import { reasonIn } from '../answer-in-chat.ts'
import { answererNow, ballotOf } from '../linked-people.ts'
import { type ApprovalLinks, isSame } from './approval-links.ts'
import { linkCookie, linkCookieOf } from './link-session.ts'

export interface LinkRoutesOptions {
  readonly links: ApprovalLinks
  readonly ready: () => Promise<ApprovalsFold>
  readonly soFar: Pick<SessionsSoFar, 'of'>
  readonly shown: ShownCalls
  readonly answer: (request: AnswerRequest) => Promise<Approval>
  readonly control: Pick<ControlView, 'state'>
  readonly clock: () => Date
}

const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) })
const Opening = Type.Object(
  { link: Type.String({ maxLength: 1024 }), code: Type.String({ maxLength: 16 }) },
  { additionalProperties: false },
)
const Answer = Type.Object(
  {
    reason: Type.Optional(Type.String({ maxLength: 2000 })),
    unseen: Type.Optional(Type.Array(Type.String({ maxLength: 8192 }), { maxItems: 1000 })),
    confirm: Type.Optional(Type.Boolean()),
    digest: Type.Optional(Type.String({ maxLength: 64 })),
  },
  { additionalProperties: false },
)
const hidden = { config: { public: true }, schema: { hide: true } }
/** The `nth` of what the cookie holds: a link is not a cookie, nor the other way about. */
const OPENED = 'opened'
const MOST_WRONG_CODES = 5
const MOST_REMEMBERED = 10_000

/**
 * Where the page of an approval goes for somebody who came by the link of a message. Reading the page's address does
 * nothing at all. A link opens by a POST of the page with the code of the message, once, for its person; then it is their
 * session for this approval and nothing else.
 */
export function linkRoutes({
  links,
  ready,
  shown,
  soFar,
  answer,
  control,
  clock,
}: LinkRoutesOptions): ApiPlugin {
  const wrongCodes = new BoundedMap<string, number>(MOST_REMEMBERED)
  const emailOf = (personId: string) => control.state().persons.get(personId)?.email ?? null
  const personNow = (personId: string) => answererNow(control, personId, 'you are not a person here any more')

  const linkOf = (token: string, approvalId: string) => {
    const link = links.read(token, emailOf)
    if (!link || link.approvalId !== approvalId)
      throw new ApprovalLinkRefused('it is not one of this approval, or its person has another address now')
    if (clock().getTime() >= link.until) throw new ApprovalLinkRefused('its time is over')
    return link
  }

  const checkCode = (linkId: string, code: string, wanted: string) => {
    const wrong = wrongCodes.get(linkId) ?? 0
    if (wrong >= MOST_WRONG_CODES) throw new ApprovalLinkRefused('a wrong code was given too often; sign in')
    if (isSame(code.replaceAll(/\s/g, ''), wanted)) return
    wrongCodes.set(linkId, wrong + 1)
    throw new ApprovalLinkRefused('that is not the code of the message')
  }

  const holderOf = (headers: Parameters<typeof linkCookieOf>[0], approvalId: string): Person => {
    const cookie = linkCookieOf(headers, approvalId)
    if (cookie === undefined) throw new ApprovalLinkRefused('it was not opened in this browser')
    const link = linkOf(cookie, approvalId)
    if (link.nth !== OPENED) throw new ApprovalLinkRefused('it was not opened')
    return personNow(link.personId)
  }

  const viewFor = async (approval: Approval, person: Person, whole: boolean) => {
    const { voter } = ballotOf(person)
    const fold = await ready()
    const granted = grantsNow(fold, clock)
    const standpoint = standpointFor(control, { reach: person.roles, voter }, granted)(approval)
    if (!whole) return viewOf(approval, standpoint)
    const others = fold.ofGateway(approval.gateway.name)
    const context = contextOf(approval, { others, soFar: soFar.of(approval.approvalId) }, control.state())
    return viewOf(approval, { ...standpoint, context }, await shown.of(approval))
  }

  const found = async (approvalId: string): Promise<Approval> => {
    const [approval] = await (await ready()).findFresh([approvalId])
    if (!approval) throw new ApprovalNotFound()
    return approval
  }

  return async (server) => {
    answerInDetail(server)
    server.addHook('onRequest', async (request) => {
      if (request.method === 'POST' && !isOfOurPages(request.headers)) throw new CrossSite()
    })

    server.post(
      '/approve/:id/link',
      { ...hidden, schema: { ...hidden.schema, params: Id, body: Opening } },
      async ({ params, body, headers }, reply) => {
        const approval = await found(params.id)
        const { linkId, personId, code, nth } = linkOf(body.link, params.id)
        if (nth === OPENED) throw new ApprovalLinkRefused('it is not the link of a message')
        const used = approval.openedLinks?.[linkId]
        if (used !== undefined) throw new ApprovalLinkUsed(`it was opened at ${used}`)
        checkCode(linkId, body.code, code)
        const person = personNow(personId)
        const { actor } = ballotOf(person)
        const opening = linkOpenedIntent(refOf(approval), { actor, personId, linkId }, clock())
        const outcome = await (await ready()).submit(opening)
        if (!outcome.accepted) throw new ApprovalLinkUsed(outcome.reason)
        const until = Date.parse(approval.expiresAt) + approval.usableForMs
        const session = links.make(
          { approvalId: params.id, personId, nth: OPENED, until },
          emailOf(personId) ?? '',
        )
        reply.header('set-cookie', linkCookie(headers, params.id, session.token, until - clock().getTime()))
        return { name: person.name }
      },
    )

    server.get(
      '/approve/:id/link',
      {
        ...hidden,
        schema: {
          ...hidden.schema,
          params: Id,
          querystring: Type.Object({ arguments: Type.Optional(Type.Literal('recorded')) }),
        },
      },
      async ({ params, query, headers }, reply) => {
        const person = holderOf(headers, params.id)
        reply.header('cache-control', 'no-store')
        return viewFor(await found(params.id), person, query.arguments !== 'recorded')
      },
    )

    for (const vote of ['approve', 'deny'] as const)
      server.post(
        `/approve/:id/link/${vote}`,
        { ...hidden, schema: { ...hidden.schema, params: Id, body: Answer } },
        async ({ params, body, headers }) => {
          const person = holderOf(headers, params.id)
          return viewFor(await answer(requestOf(params.id, vote, person, body)), person, false)
        },
      )
  }
}

function requestOf(
  approvalId: string,
  vote: Vote,
  person: Person,
  { reason, unseen, confirm = false, digest }: Static<typeof Answer>,
): AnswerRequest {
  const request = { approvalId, vote, ...ballotOf(person), reason: reasonIn(reason), confirmed: confirm }
  return { ...request, idempotencyKey: null, ...(unseen && { unseen }), ...(digest && { digest }) }
}
