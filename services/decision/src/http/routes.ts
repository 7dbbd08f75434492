import type { ApiPlugin } from '@sallyport/http-api'
import type { Commands } from './commands.ts'
import { connectorRoutes } from './connectors.ts'
import { gatewayRoutes } from './gateways.ts'
import { killSwitchRoutes } from './kill-switch.ts'
import { permissionRoutes } from './permissions.ts'
import { tokenRoutes } from './tokens.ts'

/** Everything that is control state. Writes are for admins; the record and approvals name what others may read. */
export function controlRoutes(commands: Commands): ApiPlugin {
  return async (server) => {
    for (const routes of [gatewayRoutes, connectorRoutes, permissionRoutes, killSwitchRoutes, tokenRoutes]) {
      await server.register(routes(commands))
    }
  }
}
