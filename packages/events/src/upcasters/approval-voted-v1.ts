import { Type } from 'typebox'
import { Actor, closed, Digest, Id, Name, nullable, Text } from '../definitions/parts.ts'
import { upcaster } from './upcaster.ts'

const approvalRef = { approvalId: Id, callDigest: Digest }
const Places = Type.Array(Type.String({ maxLength: 1024 }), { maxItems: 100 })

export const approvalVotedV1 = upcaster({
  type: 'sallyport.approval.voted.v1',
  next: 'sallyport.approval.voted.v2',
  definition: {
    topic: 'sallyport.approvals',
    criticality: 'critical',
    schema: Type.Object(
      {
        ...approvalRef,
        vote: Type.Union([Type.Literal('approve'), Type.Literal('deny')]),
        actor: Actor,
        reason: nullable(Text),
        idempotencyKey: nullable(Name),
        unseen: Type.Optional(Places),
      },
      closed,
    ),
    meaning: 'Somebody answered. The first valid vote decides; a later one folds to a recorded rejection.',
  },
  upcast: (data) => ({
    ...data,
    voter: {
      id: data.actor.id ?? data.actor.name.slice(0, 64),
      tokenId: data.actor.id ?? null,
      personId: null,
      botId: null,
      roles: ['approver'],
      groups: [],
      advisory: false,
    },
  }),
})
