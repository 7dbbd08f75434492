import type { KillSwitch } from '@sallyport/control'
import { type ApiPlugin, ListOf, PageQuery, pageOf } from '@sallyport/http-api'
import { killSwitchScope } from '@sallyport/policy'
import type { Commands } from './commands.ts'
import { checkScopeNamesSomething } from './existing.ts'
import { KillSwitchView, NewKillSwitch } from './schemas.ts'

const tags = ['kill switch']

/** Stops everything in a scope, also what is held, within a second. */
export function killSwitchRoutes({ state, run }: Commands): ApiPlugin {
  return async (server) => {
    server.put(
      '/v1/kill-switch',
      {
        config: { scopes: [] },
        schema: {
          summary: 'Turns a kill switch on or off',
          tags,
          body: NewKillSwitch,
          response: { 200: KillSwitchView },
        },
      },
      async (request) => {
        const { on, reason = null } = request.body
        const scope = killSwitchScope(request.body.scope)
        // One that is on can be turned off, though what it names is gone.
        if (!state().killSwitches.has(scope)) checkScopeNamesSomething(state(), scope)
        await run(request, 'sallyport.kill_switch.set.v2', scope, { scope, on, reason })
        const set = state().killSwitches.get(scope)
        return set ? killSwitchView(set) : { scope, on: false, reason: null, since: null, by: null }
      },
    )
    server.get(
      '/v1/kill-switch',
      {
        config: { scopes: ['approver', 'analyst', 'bot'] },
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

export function killSwitchView({ scope, reason, since, by }: KillSwitch) {
  return { scope, on: true, reason, since, by }
}
