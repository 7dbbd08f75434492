import { Type } from 'typebox'
import { closed, Decision, Digest, Id, Name, nullable } from '../definitions/parts.ts'
import { ActorWithoutId } from './actor-without-id.ts'
import { upcaster } from './upcaster.ts'

/** The only kind of connector that there was; any other name, `*` apart, was that of an upstream. */
const FIRST_KIND = 'mcp'

export const permissionSetV1 = upcaster({
  type: 'sallyport.permission.set.v1',
  next: 'sallyport.permission.set.v2',
  definition: {
    topic: 'sallyport.control',
    criticality: 'critical',
    schema: Type.Object(
      {
        actor: ActorWithoutId,
        idempotencyKey: nullable(Digest),
        id: Id,
        gateway: Name,
        connector: Name,
        action: Name,
        decision: Decision,
      },
      closed,
    ),
    meaning:
      'What an agent may do was set; the same gateway, connector and action replace what was set before.',
  },
  upcast: ({ connector, ...data }) => {
    if (connector === '*' || connector === FIRST_KIND) return { ...data, upstream: null, connector }
    return { ...data, upstream: { id: null, name: connector }, connector: FIRST_KIND }
  },
})
