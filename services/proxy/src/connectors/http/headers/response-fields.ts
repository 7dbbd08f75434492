import { addressForAgent } from '../target/upstream-target.ts'
import { type Field, plainName } from './field.ts'
import { endToEnd } from './hop-by-hop.ts'

/**
 * A cookie would be a credential for the upstream in the agent's hands; the others are about the upstream's site, for
 * which the client would take the proxy, or lead around the proxy.
 */
const KEPT_BACK: ReadonlySet<string> = new Set([
  'alt-svc',
  'clear-site-data',
  'public-key-pins',
  'set-cookie',
  'set-cookie2',
  'strict-transport-security',
])

const ADDRESSES: ReadonlySet<string> = new Set(['location', 'content-location'])

export interface AnsweredFor {
  /** The registered address. */
  readonly registered: string
  /** Path and query as they went upstream. */
  readonly requested: string
  /** The path on the proxy under which the upstream is reached. */
  readonly mount: string
}

/** The fields of an answer that the agent gets. */
export function responseFields(
  fields: readonly Field[],
  { registered, requested, mount }: AnsweredFor,
): Field[] {
  const passed: Field[] = []
  for (const [name, value] of endToEnd(fields)) {
    if (KEPT_BACK.has(plainName(name)) || name.startsWith('sallyport-')) continue
    const told = ADDRESSES.has(name) ? addressForAgent(registered, requested, value, mount) : value
    if (told !== undefined) passed.push([name, told])
  }
  return passed
}
