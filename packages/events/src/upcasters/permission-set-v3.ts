import { Type } from 'typebox'
import { Actor, closed, Decision, Digest, Id, Name, nullable } from '../definitions/parts.ts'
import { upcaster } from './upcaster.ts'

export const permissionSetV3 = upcaster({
  type: 'sallyport.permission.set.v3',
  next: 'sallyport.permission.set.v4',
  definition: {
    topic: 'sallyport.control',
    criticality: 'critical',
    schema: Type.Object(
      {
        actor: Actor,
        idempotencyKey: nullable(Digest),
        id: Id,
        gateway: Name,
        gatewayId: nullable(Id),
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
  upcast: (data) => ({ ...data, approval: null }),
})
