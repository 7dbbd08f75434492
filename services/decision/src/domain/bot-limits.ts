import type { BotLimits } from '@sallyport/control'
import { parseSelectors, type Selector, selectorText } from '@sallyport/policy'

/** The limits of a bot as people give them: gateways and persons by name, stages as text. */
export interface GivenLimits {
  readonly gateways?: readonly string[] | null
  readonly risk?: BotLimits['risk']
  readonly perMinute?: number | null
  readonly stages?: string | null
  readonly advisory?: boolean
}

/** Each throws for a name that nobody has. */
export interface Names {
  gatewayId(name: string): string
  personId(name: string): string
}

const NONE: BotLimits = { gateways: null, risk: null, perMinute: null, stages: null, advisory: false }

/** What is left out stays as it was before. Throws StagesInvalid. */
export function botLimits(given: GivenLimits, before: BotLimits = NONE, names: Names): BotLimits {
  const { gateways, risk = before.risk, perMinute = before.perMinute } = given
  const { stages, advisory = before.advisory } = given
  return {
    gateways:
      gateways === undefined ? before.gateways : (gateways?.map((name) => names.gatewayId(name)) ?? null),
    risk,
    perMinute,
    stages: stages === undefined ? before.stages : stages === null ? null : bound(stages, names),
    advisory,
  }
}

/** The text that gives these stages. */
export function stagesOf({ stages }: BotLimits): string | null {
  return stages?.map((selector) => selectorText(selector as Selector)).join(' or ') ?? null
}

function bound(text: string, names: Names): NonNullable<BotLimits['stages']> {
  return parseSelectors(text, 'stages').map((selector) => {
    if (selector.kind === 'anyone') return { kind: 'anyone', name: 'anyone', id: null }
    const { kind, name } = selector
    return { kind, name, id: kind === 'person' ? names.personId(name) : null }
  })
}
