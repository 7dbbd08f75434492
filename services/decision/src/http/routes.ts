import type { ApiPlugin } from '@sallyport/http-api'
import type { Perimeter } from '@sallyport/runtime'
import { catalogRoutes } from './catalog.ts'
import type { Commands } from './commands.ts'
import { connectorRoutes } from './connectors.ts'
import { gatewayRoutes } from './gateways.ts'
import { killSwitchRoutes } from './kill-switch.ts'
import { botRoutes } from './people/bots.ts'
import { groupRoutes } from './people/groups.ts'
import { personRoutes } from './people/persons.ts'
import { permissionRoutes } from './permissions.ts'
import { tokenRoutes } from './tokens.ts'
import { upstreamRoutes } from './upstreams.ts'
import { webhookRoutes } from './webhooks.ts'

const ROUTES = [
  gatewayRoutes,
  connectorRoutes,
  catalogRoutes,
  permissionRoutes,
  killSwitchRoutes,
  tokenRoutes,
  personRoutes,
  botRoutes,
  groupRoutes,
]

/** Everything that is control state. Writes are for admins, and what is accepted of the catalog for approvers too; the record and approvals name what others may read. */
export function controlRoutes(
  commands: Commands,
  perimeter: Perimeter,
  installationSecret: Uint8Array,
): ApiPlugin {
  return async (server) => {
    await server.register(webhookRoutes(commands, perimeter, installationSecret))
    await server.register(upstreamRoutes(commands, perimeter))
    for (const routes of ROUTES) await server.register(routes(commands))
  }
}
