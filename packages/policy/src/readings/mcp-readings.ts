import { UNKNOWN_ACTION } from '../action.ts'
import { BoundedCache } from '../bounded-cache.ts'
import { RESOURCES, type ResourceUse, resourceAction, resourceIn } from '../offered-action.ts'
import { readAddress } from './read-address.ts'
import { ONE_READING, type Readings } from './readings.ts'

/** A message without a safe name may be any use of a server. */
const UNKNOWN: Readings = { ...ONE_READING, unclear: { own: 'mcp.', wider: null } }
const LONGEST_KEPT = 512
const kept = new BoundedCache<Readings>(2048)

/** Resources are named by their URIs, which servers parse; everything else is named by a text that they compare. */
export function readingsOfMcp(action: string): Readings {
  if (action === UNKNOWN_ACTION) return UNKNOWN
  const resource = resourceIn(action)
  if (resource === undefined) return ONE_READING
  const known = kept.get(action)
  if (known !== undefined) return known
  const readings = readingsOfUse(resource)
  if (action.length <= LONGEST_KEPT) kept.set(action, readings)
  return readings
}

function readingsOfUse({ use, uri }: { readonly use: ResourceUse; readonly uri: string }): Readings {
  const { whole, shorter, clear } = readAddress(uri)
  if (clear && whole.length === 0 && shorter.length === 0) return ONE_READING
  const named = (text: string) => resourceAction(text, use)
  const own = use === 'read' ? RESOURCES : `${RESOURCES}${use}.`
  const unclear = clear ? null : { own, wider: null }
  return { whole: whole.map(named), shorter: shorter.map(named), unclear }
}
