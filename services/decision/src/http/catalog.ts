import {
  type Catalog,
  type ControlState,
  differencesOf,
  modeFor,
  modeKey,
  modeOf,
  OFFERED_KINDS,
  type Offered,
  refusalText,
  statusOf,
} from '@sallyport/control'
import { type ApiPlugin, ListOf, pageOf } from '@sallyport/http-api'
import { sha256Hex } from '@sallyport/runtime'
import type { Static } from 'typebox'
import {
  Acceptance,
  Accepted,
  CatalogQuery,
  DifferenceView,
  ModeQuery,
  ModeView,
  NewMode,
  OfferedView,
} from './catalog-schemas.ts'
import type { Commands } from './commands.ts'
import { CatalogModeInvalid, OfferedUnknown } from './errors.ts'
import { existingUpstream } from './existing.ts'

const tags = ['catalog']

interface Item {
  readonly catalog: Catalog
  readonly entry: Offered
}

/** What upstreams offer, how it differs from what was accepted, and what happens about it. */
export function catalogRoutes({ state, run }: Commands): ApiPlugin {
  return async (server) => {
    server.get(
      '/v1/catalog',
      {
        schema: {
          summary: 'The tools, prompts and resources that upstreams offer',
          tags,
          querystring: CatalogQuery,
          response: { 200: ListOf(OfferedView) },
        },
      },
      async ({ query }) => {
        const page = pageOf(itemsOf(state(), query), keyOf, query)
        return { items: page.items.map(viewOf), next: page.next }
      },
    )
    server.get(
      '/v1/catalog/differences',
      {
        schema: {
          summary: 'What differs from what was accepted, place by place',
          tags,
          querystring: CatalogQuery,
          response: { 200: ListOf(DifferenceView) },
        },
      },
      async ({ query }) => {
        const differing = itemsOf(state(), query).filter(({ entry }) => statusOf(entry) !== 'accepted')
        const page = pageOf(differing, keyOf, query)
        return {
          items: page.items.map((item) => ({ ...viewOf(item), ...readable(item.entry) })),
          next: page.next,
        }
      },
    )
    server.post(
      '/v1/catalog/accept',
      {
        schema: {
          summary:
            'Accepts definitions that somebody has looked at; refused when one has changed again since',
          tags,
          body: Acceptance,
          response: { 200: Accepted },
        },
      },
      async (request) => {
        const { upstream, entities } = request.body
        await run(request, 'sallyport.catalog.accepted.v1', upstream, { upstream, entities })
        return { upstream, accepted: entities.length }
      },
    )
    server.get(
      '/v1/catalog/modes',
      {
        schema: {
          summary: 'What happens with what has changed, was added or is unknown',
          tags,
          querystring: ModeQuery,
          response: { 200: ListOf(ModeView) },
        },
      },
      async ({ query }) => {
        checkRegistered(state(), query.upstream)
        return pageOf(modesOf(state(), query.upstream), keyOfMode, query)
      },
    )
    server.put(
      '/v1/catalog/modes',
      {
        schema: {
          summary: 'Sets what happens with one of them, or with all of a kind that differ in this way',
          tags,
          body: NewMode,
          response: { 200: NewMode },
        },
      },
      async (request) => {
        const { upstream, kind, key = null, status = null, mode } = request.body
        if ((key === null) === (status === null)) throw new CatalogModeInvalid()
        const data = { upstream, kind, key, status, mode }
        await run(request, 'sallyport.catalog.mode_set.v1', upstream, data)
        return data
      },
    )
  }
}

/** Throws UpstreamNotRegistered. Without it a mistyped name would have no differences, which reads as good news. */
function checkRegistered({ upstreams }: ControlState, name: string | undefined): void {
  if (name !== undefined) existingUpstream({ upstreams }, name)
}

/** Throws UpstreamNotRegistered and OfferedUnknown. */
function itemsOf(state: ControlState, query: Static<typeof CatalogQuery>): Item[] {
  checkRegistered(state, query.upstream)
  const catalogs = [...state.catalogs.values()].filter(
    ({ upstream }) => query.upstream === undefined || upstream === query.upstream,
  )
  const items = catalogs
    .flatMap((catalog) =>
      OFFERED_KINDS.flatMap((kind) =>
        [...catalog.offered[kind].values()].map((entry) => ({ catalog, entry })),
      ),
    )
    .filter(({ entry }) => query.kind === undefined || entry.kind === query.kind)
  const named = items.filter(({ entry }) => query.key === undefined || entry.key === query.key)
  if (query.key !== undefined && named.length === 0)
    throw new OfferedUnknown(query.kind, query.key, new Set(items.map(({ entry }) => entry.key)))
  return named.filter(({ entry }) => query.status === undefined || statusOf(entry) === query.status)
}

function viewOf({ catalog, entry }: Item): Static<typeof OfferedView> {
  const { kind, key, accepted, offered, refused, since, mode } = entry
  return {
    upstream: catalog.upstream,
    kind,
    key,
    status: statusOf(entry),
    mode: modeOf(catalog, entry),
    ownMode: mode,
    accepted: accepted?.fingerprint ?? null,
    offered: offered?.fingerprint ?? null,
    since,
    refused: refused === null ? null : refusalText(refused),
  }
}

function readable(entry: Offered) {
  const { differences, complete } = differencesOf(entry)
  return { differences: [...differences], complete }
}

function modesOf(
  { upstreams, catalogs }: ControlState,
  wanted: string | undefined,
): Static<typeof ModeView>[] {
  const names = [...upstreams.keys()].filter((name) => wanted === undefined || name === wanted)
  return names.flatMap((upstream) =>
    OFFERED_KINDS.flatMap((kind) =>
      (['changed', 'added', 'unknown'] as const).map((status) => {
        const catalog = catalogs.get(upstream)
        const isDefault = catalog?.modes.has(modeKey(kind, status)) !== true
        return { upstream, kind, status, mode: modeFor(catalog, kind, status), isDefault }
      }),
    ),
  )
}

/** A cursor holds it, so that it must not be long. */
function keyOf({ catalog, entry: { kind, key } }: Item): string {
  const short = key.length <= 150 ? key : `${key.slice(0, 100)}${sha256Hex(key)}`
  return JSON.stringify([catalog.upstream, OFFERED_KINDS.indexOf(kind), short])
}

function keyOfMode({ upstream, kind, status }: Static<typeof ModeView>): string {
  return JSON.stringify([upstream, OFFERED_KINDS.indexOf(kind), status])
}
