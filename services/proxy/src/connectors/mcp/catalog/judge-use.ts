import {
  type Catalog,
  type CatalogMode,
  modeFor,
  modeOf,
  type Offered,
  type OfferedKind,
  type OfferedStatus,
  statusOf,
} from '@sallyport/control'
import type { Decision } from '@sallyport/rpc'
import { ToolsUnlisted } from '../../../domain/faults.ts'
import { faultDenial } from '../../../domain/verdict.ts'
import type { ProxyParts } from '../exchange/parts.ts'
import type { McpCall } from '../message/call.ts'
import { changesOf } from './changes.ts'
import { catalogKey, offerOf } from './offers.ts'
import { offerUsed } from './upstream-catalogs.ts'

/** What the catalog says of one thing that is used. */
interface Standing {
  readonly status: OfferedStatus | 'unknown'
  readonly mode: CatalogMode
  readonly entry: Offered | undefined
}

/**
 * What the catalog adds to a decision: it can only become stricter. A tool that was never listed is asked for once, in
 * the caller's session, before it counts as unknown.
 */
export function judgeUse(parts: ProxyParts, call: McpCall, decision: Decision): Decision | Promise<Decision> {
  if (decision.outcome === 'deny' || call.subject === null) return decision
  const used = offerUsed(call)
  if (used === undefined) return decision
  const { kind, name } = used
  const changing = parts.catalog.changing(call.upstream, kind)
  if (changing !== undefined) return changing.then(() => judgeListed(parts, call, kind, name, decision))
  return judgeListed(parts, call, kind, name, decision)
}

function judgeListed(
  parts: ProxyParts,
  call: McpCall,
  kind: OfferedKind,
  name: string,
  decision: Decision,
): Decision | Promise<Decision> {
  const standing = standingOf(parts.catalog.of(call.upstream), kind, name)
  if (standing.mode === 'log')
    return standing.status === 'accepted' ? decision : passed(kind, standing, decision)
  const unlisted = standing.status === 'unknown' || standing.status === 'removed'
  return unlisted
    ? listAndJudge(parts, call, kind, name, decision)
    : apply(call, kind, name, standing, decision)
}

async function listAndJudge(
  parts: ProxyParts,
  call: McpCall,
  kind: OfferedKind,
  name: string,
  decision: Decision,
): Promise<Decision> {
  const listed = await parts.catalog.listLately(call, offerOf(kind))
  if (listed === undefined) return faultDenial(new ToolsUnlisted(), decision)
  const standing = standingOf(parts.catalog.of(call.upstream), kind, name)
  return apply(call, kind, name, standing, decision)
}

function standingOf(catalog: Catalog | undefined, kind: OfferedKind, name: string): Standing {
  const entry = catalog?.offered[kind].get(catalogKey(kind, name))
  if (catalog === undefined || entry === undefined)
    return { status: 'unknown', mode: modeFor(catalog, kind, 'unknown'), entry: undefined }
  const status = statusOf(entry)
  return { status, mode: modeOf(catalog, entry, status), entry }
}

function passed(kind: OfferedKind, { status }: Standing, decision: Decision): Decision {
  return status === 'unknown' || status === 'removed'
    ? decision
    : {
        ...decision,
        reasons: [...decision.reasons, `catalog: the ${kind} is ${status}, which is only logged`],
      }
}

function apply(
  call: McpCall,
  kind: OfferedKind,
  name: string,
  standing: Standing,
  decision: Decision,
): Decision {
  const { status, mode } = standing
  if (mode === 'log') return status === 'accepted' ? decision : passed(kind, standing, decision)
  const reason = reasonOf(call, kind, name, standing)
  const rule = `catalog: ${status === 'accepted' ? mode : status} ${kind}`
  if (mode === 'block') return { ...decision, outcome: 'deny', rule, reasons: [reason] }
  if (decision.outcome === 'hold') return { ...decision, reasons: [...decision.reasons, reason] }
  return { ...decision, outcome: 'hold', rule, reasons: [reason, ...decision.reasons] }
}

function reasonOf(
  { upstream }: McpCall,
  kind: OfferedKind,
  name: string,
  { status, mode, entry }: Standing,
): string {
  const at = `--upstream ${upstream.name}`
  const which = QUOTABLE.test(name) ? ` ${name}` : ''
  switch (status) {
    case 'unknown':
    case 'removed':
      return `the upstream lists no ${kind} of this name`
    case 'changed':
      return `the ${kind} has changed since it was accepted (${changesOf(entry)}); see the difference with: sallyport catalog diff ${at}${which} and accept it with: sallyport catalog accept ${at}${which}`
    case 'added':
      return `the ${kind} was added after the catalog was made; accept it with: sallyport catalog accept ${at}${which}`
    case 'accepted':
      return `an administrator has set that this ${kind} is ${mode === 'block' ? 'blocked' : 'held'}`
  }
}

/** The upstream chose the name, and a person may paste the line into a shell. */
const QUOTABLE = /^[A-Za-z0-9_][A-Za-z0-9_./:-]{0,127}$/
