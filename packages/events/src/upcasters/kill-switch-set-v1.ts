import { Type } from 'typebox'
import { closed, Digest, Name, nullable, Text } from '../definitions/parts.ts'
import { ActorWithoutId } from './actor-without-id.ts'
import { upcaster } from './upcaster.ts'

/** The only kind of connector that there was; `connector:` and any other name meant the upstream of that name. */
const FIRST_KIND = 'mcp'
const CONNECTOR = 'connector:'

export const killSwitchSetV1 = upcaster({
  type: 'sallyport.kill_switch.set.v1',
  next: 'sallyport.kill_switch.set.v2',
  definition: {
    topic: 'sallyport.control',
    criticality: 'critical',
    schema: Type.Object(
      {
        actor: ActorWithoutId,
        idempotencyKey: nullable(Digest),
        scope: Name,
        on: Type.Boolean(),
        reason: nullable(Text),
      },
      closed,
    ),
    meaning: 'A kill switch was turned on or off. The scope is `global`, `gateway:NAME` or `connector:NAME`.',
  },
  upcast: (data) => ({ ...data, scope: scopeNow(data.scope) }),
})

function scopeNow(scope: string): string {
  if (!scope.startsWith(CONNECTOR) || scope === CONNECTOR + FIRST_KIND) return scope
  return `upstream:${scope.slice(CONNECTOR.length)}`
}
