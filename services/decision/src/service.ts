import { type GuardrailsOf, type RunningControlView, submitControl } from '@sallyport/control'
import type { Publisher } from '@sallyport/event-log'
import type { ApiPlugin } from '@sallyport/http-api'
import type { DecisionPoint } from '@sallyport/rpc'
import { type HealthCheck, type Perimeter, readConfig } from '@sallyport/runtime'
import { decisionPoint } from './decision-point.ts'
import { commandsOf } from './http/commands.ts'
import { permissionTestRoute } from './http/permission-test.ts'
import { proxyRoute } from './http/proxy.ts'
import { controlRoutes } from './http/routes.ts'
import { sessionRoutes } from './http/session/session.ts'
import { signInRoutes } from './http/session/sign-in.ts'
import { type SignInConfig, signInSpec } from './sign-in/config.ts'

export interface DecisionDependencies {
  readonly control: RunningControlView
  readonly publisher: Publisher
  readonly tenant: string
  readonly clock: () => Date
  /** The one secret of the installation. */
  readonly secret: Uint8Array
  /** Where upstreams and webhooks may be. */
  readonly perimeter: Perimeter
  /** Where agents reach the proxy; null where nobody has said (default: null). */
  readonly proxyUrl?: string | null
  /** How people sign in (default: with their tokens alone). */
  readonly signIn?: SignInConfig
  /** Rules over the whole input, after permissions and catalog; `guardrailsInForce` unless given. */
  readonly guardrails?: GuardrailsOf
}

/** Need not be started or stopped. The composition starts and stops the control view that it reads. */
export interface DecisionService {
  readonly point: DecisionPoint
  readonly routes: ApiPlugin
  readonly health: { readonly decision: HealthCheck }
}

/** The policy decision point, and the owner of the control topic. */
export function createDecisionService({
  control,
  publisher,
  tenant,
  clock,
  secret,
  perimeter,
  proxyUrl = null,
  signIn = readConfig(signInSpec, {}).signIn,
  guardrails,
}: DecisionDependencies): DecisionService {
  const submit = submitControl({ publisher, view: control, clock, tenant, source: '/decision' })
  const point = decisionPoint(control, guardrails && { guardrails })
  return {
    point,
    routes: async (server) => {
      const commands = commandsOf(control.state, submit)
      await server.register(controlRoutes(commands, perimeter, secret))
      await server.register(proxyRoute(proxyUrl))
      await server.register(sessionRoutes(commands, clock, signIn.hours))
      await server.register(signInRoutes({ config: signIn, state: control.state, submit, secret, clock }))
      await server.register(permissionTestRoute({ state: control.state, point, tenant, clock }))
    },
    health: {
      decision() {
        const fault = point.fault()
        if (fault !== undefined) return { status: 'down', reason: fault }
        const { gateways, permissions } = control.state()
        return {
          status: 'ok',
          facts: { gateways: gateways.size, permissions: permissions.size },
        }
      },
    },
  }
}
