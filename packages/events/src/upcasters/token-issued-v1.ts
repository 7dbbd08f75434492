import { Type } from 'typebox'
import { closed, Digest, Id, Name, nullable } from '../definitions/parts.ts'
import { ActorWithoutHolder } from './actor-without-holder.ts'
import { upcaster } from './upcaster.ts'

export const tokenIssuedV1 = upcaster({
  type: 'sallyport.token.issued.v1',
  next: 'sallyport.token.issued.v2',
  definition: {
    topic: 'sallyport.control',
    criticality: 'critical',
    schema: Type.Object(
      {
        actor: ActorWithoutHolder,
        idempotencyKey: nullable(Digest),
        id: Id,
        name: Name,
        scope: Type.Union([
          Type.Literal('admin'),
          Type.Literal('approver'),
          Type.Literal('analyst'),
          Type.Literal('bot'),
        ]),
        tokenHash: Digest,
      },
      closed,
    ),
    meaning: 'A person or bot got an API token, of which only the hash is kept.',
  },
  upcast: (data) => ({ ...data, holder: null }),
})
