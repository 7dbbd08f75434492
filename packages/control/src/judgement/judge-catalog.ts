import { type DecisionInput, resourceIn, type UsedTool, type Verdict } from '@sallyport/policy'
import {
  type Catalog,
  type CatalogMode,
  modeFor,
  modeOf,
  type Offered,
  type OfferedStatus,
  type RefusedDefinition,
  refusalText,
  statusOf,
} from '../catalog/catalog.ts'
import { restrictedUnder } from '../catalog/restricted.ts'
import { changesOf } from './changes.ts'

/** The place of one used thing in the catalog. */
export interface CatalogStanding {
  readonly status: OfferedStatus | 'unknown'
  readonly mode: CatalogMode
  readonly entry: Offered | undefined
}

/** What the catalog adds to a verdict: it can only become stricter. */
export function judgeByCatalog(
  catalog: Catalog | undefined,
  input: DecisionInput,
  tool: UsedTool,
  verdict: Verdict,
): Verdict {
  const named = judgeNamed(catalog, tool, verdict)
  if (catalog === undefined || named.outcome === 'deny') return named
  return judgeByAddress(catalog, input, tool, named)
}

function judgeNamed(catalog: Catalog | undefined, tool: UsedTool, verdict: Verdict): Verdict {
  const standing = standingOf(catalog, tool)
  const { status, mode } = standing
  if (status === 'accepted' && mode === 'log') return { ...verdict, catalog: ACCEPTED }
  const judged = { ...verdict, catalog: { status, mode } }
  const unlisted = status === 'unknown' || status === 'removed' || status === 'refused'
  if (mode === 'log') return unlisted ? judged : withReason(judged, passed(tool, status))

  const reason = reasonOf(tool, standing)
  const rule = `catalog: ${status === 'accepted' ? mode : status} ${tool.kind}`
  // The asker may not have looked at the upstream's list yet.
  if (unlisted && !tool.listed)
    return { ...judged, by: 'catalog', outcome: 'deny', rule, reasons: [reason], needs: 'listing' }
  return restricted(judged, mode, rule, reason)
}

function restricted(verdict: Verdict, mode: 'hold' | 'block', rule: string, reason: string): Verdict {
  if (mode === 'block') return { ...verdict, by: 'catalog', outcome: 'deny', rule, reasons: [reason] }
  if (verdict.outcome === 'hold') return withReason(verdict, reason)
  return { ...verdict, by: 'catalog', outcome: 'hold', rule, reasons: [reason, ...verdict.reasons] }
}

/** A resource is also every other one that servers may read under its address; the strictest of them counts. */
function judgeByAddress(catalog: Catalog, input: DecisionInput, tool: UsedTool, verdict: Verdict): Verdict {
  const resource = resourceIn(input.action)
  if (resource === undefined) return verdict
  const listed = catalog.offered[tool.kind].has(tool.key)
  const others = restrictedUnder(catalog, resource.uri, listed).filter(
    ({ kind, key }) => kind !== tool.kind || key !== tool.key,
  )
  const modes = others.map((entry) => modeOf(catalog, entry))
  const mode = modes.includes('block') ? 'block' : modes.includes('hold') ? 'hold' : undefined
  const strictest = others[mode === undefined ? -1 : modes.indexOf(mode)]
  if (mode === undefined || strictest === undefined) return verdict
  const status = statusOf(strictest)
  const what = `a ${strictest.kind} of the catalog, in another spelling or by its template, which is`
  const reason = `servers may read it as ${what} ${mode === 'block' ? 'blocked' : 'held'}`
  const judged = { ...verdict, catalog: { status, mode } }
  return restricted(judged, mode, `catalog: ${mode} ${strictest.kind}`, reason)
}

const ACCEPTED = { status: 'accepted', mode: 'log' } as const

function withReason(verdict: Verdict, reason: string): Verdict {
  return { ...verdict, reasons: [...verdict.reasons, reason] }
}

function passed({ kind }: UsedTool, status: string): string {
  return `catalog: the ${kind} is ${status}, which is only logged`
}

/**
 * The asker may have seen what is not folded yet, and the fold may have what the asker has not seen. So a thing that
 * the asker has seen counts as listed, and a definition that either of them knows differently counts as changed.
 */
export function standingOf(
  catalog: Catalog | undefined,
  { kind, key, definition }: UsedTool,
): CatalogStanding {
  const entry = catalog?.offered[kind].get(key)
  if (catalog === undefined || entry === undefined) {
    if (definition === null) return { status: 'unknown', mode: modeFor(catalog, kind, 'unknown'), entry }
    // The first list is accepted as it is.
    if (!catalog?.listed.has(kind)) return { status: 'accepted', mode: 'log', entry }
    return { status: 'added', mode: modeFor(catalog, kind, 'added'), entry }
  }
  const status = statusFor(entry, definition)
  return { status, mode: modeOf(catalog, entry, status), entry }
}

function statusFor(entry: Offered, definition: string | null): OfferedStatus {
  const folded = statusOf(entry)
  if (folded === 'refused' && definition === null) return folded
  if (folded === 'changed' || entry.offered?.fingerprint === definition) return folded
  if (definition === null) return 'removed'
  return statusOf({
    ...entry,
    refused: null,
    offered: { fingerprint: definition, text: null, entire: false },
  })
}

/** For the agent and the person who looks after the upstream: what is wrong with what it lists. */
export function refusedReason(kind: UsedTool['kind'], refused: RefusedDefinition | null): string {
  const why = refused === null ? '' : `: ${refusalText(refused)}`
  return `the upstream lists the ${kind} in a way that cannot be read without doubt, so it is refused${why}`
}

/** The agent reads this: it says that a person is needed, and never with which command. */
function reasonOf({ kind }: UsedTool, { status, mode, entry }: CatalogStanding): string {
  switch (status) {
    case 'unknown':
    case 'removed':
      return `the upstream lists no ${kind} of this name`
    case 'refused':
      return refusedReason(kind, entry?.refused ?? null)
    case 'changed':
      return `the ${kind} has changed since it was accepted (${changesOf(entry)}); an administrator of Sallyport compares the two and accepts it`
    case 'added':
      return `the ${kind} was added after the catalog was made; an administrator of Sallyport accepts it`
    case 'accepted':
      return `an administrator has set that this ${kind} is ${mode === 'block' ? 'blocked' : 'held'}`
  }
}
