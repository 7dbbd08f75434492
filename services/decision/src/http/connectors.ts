import type { ControlState } from '@sallyport/control'
import { type ApiPlugin, ListOf, PageQuery, pageOf } from '@sallyport/http-api'
import { CONNECTORS, type Connector } from '@sallyport/policy'
import type { Commands } from './commands.ts'
import { existingConnector } from './existing.ts'
import { ConnectorDetail, ConnectorView, KindParams } from './schemas.ts'

const tags = ['connectors']

/** The kinds of upstream there are, and the actions that each names. */
export function connectorRoutes({ state }: Pick<Commands, 'state'>): ApiPlugin {
  return async (server) => {
    server.get(
      '/v1/connectors',
      {
        schema: {
          summary: 'The kinds of connector, by name',
          tags,
          querystring: PageQuery,
          response: { 200: ListOf(ConnectorView) },
        },
      },
      async ({ query }) => {
        const page = pageOf(CONNECTORS.values(), ({ kind }) => kind, query)
        return { items: page.items.map((connector) => viewOf(state(), connector)), next: page.next }
      },
    )
    server.get(
      '/v1/connectors/:kind',
      {
        schema: {
          summary: 'One kind of connector and the actions that it names',
          tags,
          params: KindParams,
          response: { 200: ConnectorDetail },
        },
      },
      async (request) => {
        const connector = existingConnector(request.params.kind)
        const actions = connector.actions.map((action) => ({
          ...action,
          lessSpecific: [...action.lessSpecific],
        }))
        return { ...viewOf(state(), connector), actions, builtin: [...connector.builtin] }
      },
    )
  }
}

function viewOf({ upstreams }: ControlState, { kind, summary, targets, pathOf, addressOf }: Connector) {
  const registered = [...upstreams.values()].filter(({ connector }) => connector === kind).length
  return {
    kind,
    summary,
    path: pathOf('<name>'),
    address: addressOf('<domain>'),
    targets: [...targets],
    upstreams: registered,
  }
}
