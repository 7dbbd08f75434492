import {
  type Catalog,
  type ControlState,
  OFFERED_KINDS,
  statusOf,
  type Target,
  type Upstream,
} from '@sallyport/control'
import { type ApiPlugin, killSwitchView, ListOf, PageQuery, pageOf } from '@sallyport/http-api'
import { CONNECTORS, type Connector, killSwitchBlocks } from '@sallyport/policy'
import { newId, type Perimeter } from '@sallyport/runtime'
import { usableCredential } from '../domain/usable-credential.ts'
import { usableTarget } from '../domain/usable-target.ts'
import { type Commands, made } from './commands.ts'
import { MetaKeysUnfit, TargetUnfit } from './errors.ts'
import { existingConnector, existingUpstream } from './existing.ts'
import { explicit, permissionView } from './permissions.ts'
import { Gone, NameParams, NewUpstream, UpstreamDetail, UpstreamView } from './schemas.ts'

const tags = ['upstreams']

/** The servers and domains that agents reach through Sallyport. */
export function upstreamRoutes({ state, run }: Commands, perimeter: Perimeter): ApiPlugin {
  return async (server) => {
    server.post(
      '/v1/upstreams',
      {
        schema: {
          summary: 'Registers an upstream',
          tags,
          body: NewUpstream,
          response: { 201: UpstreamView },
        },
      },
      async (request, reply) => {
        const { connector, name, target, credential = null, metaKeys = [], insecure = false } = request.body
        checkMetaKeys(metaKeys, connector)
        checkFits(target, existingConnector(connector))
        const data = {
          id: newId(),
          name,
          connector,
          target: usableTarget(target, insecure, perimeter),
          credential: usableCredential(credential, target, insecure, perimeter),
          ...(metaKeys.length === 0 ? {} : { metaKeys }),
          ...(insecure ? { insecure } : {}),
        }
        await run(request, 'sallyport.upstream.added.v1', name, data)
        return reply.code(201).send(viewOf(made(state().upstreams.get(name))))
      },
    )
    server.get(
      '/v1/upstreams',
      {
        schema: {
          summary: 'The upstreams, by name',
          tags,
          querystring: PageQuery,
          response: { 200: ListOf(UpstreamView) },
        },
      },
      async ({ query }) => {
        const page = pageOf(state().upstreams.values(), (upstream) => upstream.name, query)
        return { items: page.items.map(viewOf), next: page.next }
      },
    )
    server.get(
      '/v1/upstreams/:name',
      {
        schema: {
          summary: 'Everything about one upstream',
          tags,
          params: NameParams,
          response: { 200: UpstreamDetail },
        },
      },
      async (request) => detailOf(state(), existingUpstream(state(), request.params.name)),
    )
    server.delete(
      '/v1/upstreams/:name',
      {
        schema: {
          summary: 'Forgets an upstream, what it offered and the permissions for it',
          tags,
          params: NameParams,
          response: { 204: Gone },
        },
      },
      async (request, reply) => {
        const { name } = request.params
        await run(request, 'sallyport.upstream.removed.v1', name, { name })
        return reply.code(204).send(null)
      },
    )
  }
}

function checkFits({ kind }: Target, connector: Connector): void {
  if (!connector.targets.includes(kind)) throw new TargetUnfit(connector.kind, connector.targets)
}

/** Other kinds have no `_meta`: a key that is listed in vain would look as if it were bound. */
function checkMetaKeys(keys: readonly string[], connector: string): void {
  if (keys.length > 0 && connector !== 'mcp') throw new MetaKeysUnfit(connector)
}

function viewOf({ id, name, connector, target, credential, metaKeys, insecure, createdAt }: Upstream) {
  const path = CONNECTORS.get(connector)?.pathOf(name) ?? ''
  return {
    id,
    name,
    connector,
    path,
    target,
    credential,
    createdAt,
    ...(metaKeys && { metaKeys: [...metaKeys] }),
    ...(insecure && { insecure }),
  }
}

function detailOf(state: ControlState, upstream: Upstream) {
  const { id, name, connector } = upstream
  const permissions = [...state.permissions.values()].filter((one) => one.upstream?.id === id)
  const killSwitches = [...state.killSwitches.values()].filter(({ scope }) => stops(scope, name, connector))
  return {
    ...viewOf(upstream),
    permissions: permissions.map(explicit).map(permissionView),
    killSwitches: killSwitches.map(killSwitchView),
    catalog: countsOf(state.catalogs.get(name)),
  }
}

/** Whether it stops the upstream for every gateway. */
function stops(scope: string, upstream: string, connector: string): boolean {
  return killSwitchBlocks(new Set([scope]), { gateway: '', upstream, connector }) !== null
}

function countsOf(catalog: Catalog | undefined) {
  if (catalog === undefined) return []
  return OFFERED_KINDS.map((kind) => {
    const entries = [...catalog.offered[kind].values()]
    const offered = entries.filter((entry) => entry.offered !== null).length
    const differing = entries.filter((entry) => statusOf(entry) !== 'accepted').length
    return { kind, offered, differing }
  })
}
