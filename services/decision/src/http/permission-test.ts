import type { ControlState } from '@sallyport/control'
import type { ApiPlugin } from '@sallyport/http-api'
import { BUILTIN_PERMISSIONS, type Evaluation } from '@sallyport/policy'
import { Type } from 'typebox'
import type { JudgingPoint } from '../decision-point.ts'
import { testedInput } from '../domain/tested-input.ts'
import { checkActionOf } from './action-check.ts'
import { existingGateway, existingUpstream } from './existing.ts'
import { explicit, permissionView } from './permissions.ts'
import { Name, PermissionView } from './schemas.ts'

export interface PermissionTestNeeds {
  state(): ControlState
  readonly point: Pick<JudgingPoint, 'explain'>
  readonly tenant: string
  readonly clock: () => Date
}

const Question = Type.Object(
  {
    gateway: Name,
    upstream: Name,
    action: Type.String({
      minLength: 1,
      maxLength: 32_768,
      description: 'its whole name, such as mcp.tools.read_file',
    }),
    arguments: Type.Optional(
      Type.String({
        maxLength: 1_000_000,
        description: 'JSON text; rules that read arguments are asked with it',
      }),
    ),
  },
  { additionalProperties: false },
)

const Outcome = Type.Union([Type.Literal('allow'), Type.Literal('deny'), Type.Literal('hold')])
const Answer = Type.Object({
  gateway: Type.String(),
  upstream: Type.String(),
  connector: Type.String(),
  action: Type.String(),
  lessSpecific: Type.Array(Type.String(), { description: 'wider names, the narrowest first' }),
  risk: Type.String(),
  outcome: Outcome,
  by: Type.String({ description: 'the layer that decides, such as permissions or kill_switch' }),
  rule: Type.String(),
  reasons: Type.Array(Type.String()),
  fault: Type.Union([Type.String(), Type.Null()]),
  policyVersion: Type.String(),
  controlOffset: Type.Integer({ description: 'how far the control log had been read' }),
  notes: Type.Array(Type.String(), { description: 'what a real call may meet beside this' }),
  permissions: Type.Array(
    Type.Object({ ...PermissionView.properties, outcome: Outcome, reason: Type.String() }),
    { description: 'all that cover the action: the one that wins, then the runners-up in their order' },
  ),
})

/** What the decision service would answer to an action, and why. Nothing is recorded, and nothing happens. */
export function permissionTestRoute({ state, point, tenant, clock }: PermissionTestNeeds): ApiPlugin {
  return async (server) => {
    server.post(
      '/v1/permissions/test',
      {
        schema: {
          summary: 'Says what would become of an action, by which rule, and what the runners-up are',
          tags: ['permissions'],
          body: Question,
          response: { 200: Answer },
        },
      },
      async ({ body }) => {
        const now = state()
        const gateway = existingGateway(now, body.gateway)
        const upstream = existingUpstream(now, body.upstream)
        checkActionOf(upstream, body.action, now)
        const about = { gateway, upstream, action: body.action, arguments: body.arguments ?? null }
        const { input, notes } = testedInput(now, about, { tenant, time: clock().getTime() })
        const { verdict, permissions } = point.explain(input)
        const { outcome, by, rule, reasons, risk, fault, policyVersion, controlOffset } = verdict
        return {
          gateway: gateway.name,
          upstream: upstream.name,
          connector: upstream.connector,
          action: input.action,
          lessSpecific: [...input.lessSpecific],
          risk,
          outcome,
          by,
          rule,
          reasons: [...reasons],
          fault,
          policyVersion,
          controlOffset,
          notes: [...notes],
          permissions: permissions.flatMap((one) => rankedView(now, one)),
        }
      },
    )
  }
}

function rankedView({ permissions }: ControlState, { permissionId = '', outcome, reasons }: Evaluation) {
  const record = permissions.get(permissionId)
  const found =
    record === undefined ? BUILTIN_PERMISSIONS.find(({ id }) => id === permissionId) : explicit(record)
  return found === undefined ? [] : [{ ...permissionView(found), outcome, reason: reasons.join('; ') }]
}
