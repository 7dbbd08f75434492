import {
  type ApiPlugin,
  KillSwitchView,
  killSwitchView,
  ListOf,
  PageQuery,
  pageOf,
} from '@sallyport/http-api'
import { killSwitchScope } from '@sallyport/policy'
import type { Commands } from './commands.ts'
import { checkScopeNamesSomething, scopesOf } from './existing.ts'
import { KillSwitchChanged, NewKillSwitch } from './schemas.ts'

const tags = ['kill switch']

/** Stops everything in a scope, also what is held, within a second. */
export function killSwitchRoutes({ state, run }: Commands): ApiPlugin {
  return async (server) => {
    server.put(
      '/v1/kill-switch',
      {
        schema: {
          summary: 'Turns a kill switch on or off',
          tags,
          body: NewKillSwitch,
          response: { 200: KillSwitchChanged },
        },
      },
      async (request) => {
        const { on, reason = null } = request.body
        const scope = killSwitchScope(request.body.scope, scopesOf(state()))
        // One that is on can be turned off, though what it names is gone.
        const was = state().killSwitches.has(scope)
        if (!was) checkScopeNamesSomething(state(), scope)
        await run(request, 'sallyport.kill_switch.set.v2', scope, { scope, on, reason })
        const { killSwitches } = state()
        const set = killSwitches.get(scope)
        const view = set ? killSwitchView(set) : { scope, on: false, reason: null, since: null, by: null }
        const others = [...killSwitches.values()].filter((other) => other.scope !== scope)
        return { ...view, changed: was !== on, othersOn: others.map(killSwitchView) }
      },
    )
    server.get(
      '/v1/kill-switch',
      {
        schema: {
          summary: 'The kill switches that are on',
          tags,
          querystring: PageQuery,
          response: { 200: ListOf(KillSwitchView) },
        },
      },
      async ({ query }) => {
        const page = pageOf(state().killSwitches.values(), (set) => set.scope, query)
        return { items: page.items.map(killSwitchView), next: page.next }
      },
    )
  }
}
