import type { Catalog, ControlState } from '@sallyport/control'
import {
  compilePattern,
  matches,
  nearest,
  PROMPTS_LIST_ACTION,
  promptAction,
  TOOLS_LIST_ACTION,
  toolAction,
} from '@sallyport/policy'

/** The part of a permission that says which upstreams it is for; null: every one of the kind. */
export interface Reach {
  readonly upstream: { readonly name: string } | null
  readonly connector: string
}

/**
 * The kinds of which only what is listed is used. A resource may be read that is listed nowhere, so nothing is remarked
 * on patterns for resources.
 */
const SECTIONS = [
  {
    kind: 'tool',
    begin: 'mcp.tools.',
    list: TOOLS_LIST_ACTION,
    actionsOf: (name: string) => [toolAction(name)],
  },
  {
    kind: 'prompt',
    begin: 'mcp.prompts.',
    list: PROMPTS_LIST_ACTION,
    actionsOf: (name: string) => [promptAction(name), promptAction(name, 'complete')],
  },
] as const

/**
 * A remark where a pattern is for tools or prompts and no upstream in reach offers one that it matches: a mistyped name
 * takes effect on nothing. Null where one matches, and where no list of the upstreams in reach was seen yet.
 */
export function unofferedRemark(state: ControlState, reach: Reach, pattern: string): string | null {
  const section = SECTIONS.find(({ begin, list }) => pattern.startsWith(begin) && pattern !== list)
  if (section === undefined) return null
  const { kind, actionsOf } = section
  const upstreams = [...state.upstreams.values()].filter(
    ({ name, connector }) => connector === 'mcp' && (reach.upstream?.name ?? name) === name,
  )
  const known = upstreams.flatMap(({ name }) => {
    const catalog = state.catalogs.get(name)
    return catalog?.listed.has(kind) ? [{ name, actions: namesIn(catalog, kind).flatMap(actionsOf) }] : []
  })
  if (known.length === 0) return null
  const actions = known.flatMap((one) => one.actions)
  const compiled = compilePattern(pattern)
  if (actions.some((action) => matches(compiled, action))) return null
  const names = known.map(({ name }) => name)
  const unseen = upstreams.map(({ name }) => name).filter((name) => !names.includes(name))
  const rest = unseen.length === 0 ? '' : `; no list of ${named(unseen)} has been seen yet`
  const meant = meantAmong(pattern, actions)
  const guess = meant === undefined ? '' : `; did you mean "${meant}"?`
  return `no ${kind} that ${named(names)} ${names.length === 1 ? 'offers' : 'offer'} matches ${pattern}${rest}${guess}`
}

function namesIn(catalog: Catalog, kind: 'tool' | 'prompt'): readonly string[] {
  return [...catalog.offered[kind].keys()]
}

/** Of a pattern with one wildcard, at its end, what stands before it is compared with the beginnings of names. */
function meantAmong(pattern: string, actions: readonly string[]): string | undefined {
  if (!pattern.includes('*')) return nearest(pattern, actions)
  const begin = pattern.slice(0, -1)
  if (!pattern.endsWith('*') || begin.includes('*')) return undefined
  const meant = nearest(
    begin,
    actions.map((action) => action.slice(0, begin.length)),
  )
  return meant === undefined ? undefined : `${meant}*`
}

const MOST_NAMED = 5

function named(names: readonly string[]): string {
  const more = names.length - MOST_NAMED
  return names.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
