import { Type } from 'typebox'
import { closed, Decision, Digest, Id, Name, nullable } from '../definitions/parts.ts'
import { ActorWithoutHolder } from './actor-without-holder.ts'
import { upcaster } from './upcaster.ts'

export const permissionSetV2 = upcaster({
  type: 'sallyport.permission.set.v2',
  next: 'sallyport.permission.set.v3',
  definition: {
    topic: 'sallyport.control',
    criticality: 'critical',
    schema: Type.Object(
      {
        actor: ActorWithoutHolder,
        idempotencyKey: nullable(Digest),
        id: Id,
        gateway: Name,
        upstream: nullable(Type.Object({ id: nullable(Id), name: Name }, closed)),
        connector: Name,
        action: Name,
        decision: Decision,
      },
      closed,
    ),
    meaning:
      'What an agent may do was set. It replaces what was set for the same gateway, upstream, connector and action.',
  },
  upcast: (data) => ({ ...data, gatewayId: null }),
})
