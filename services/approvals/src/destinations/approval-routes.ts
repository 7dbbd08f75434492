import type { Approval } from '@sallyport/approval'
import type { Variable } from '@sallyport/runtime'
import { ADDRESS } from './email/email-config.ts'

const DESTINATIONS = ['slack', 'teams', 'email'] as const
export type DestinationName = (typeof DESTINATIONS)[number]

interface Condition {
  readonly by: 'group' | 'risk' | 'upstream'
  readonly value: string
}

/** Where approvals go that meet every condition. */
export interface ApprovalRoute {
  readonly when: readonly Condition[]
  readonly to: readonly { readonly destination: DestinationName; readonly address: string }[]
}

/** What each destination calls a place, and an example for whoever wrote another thing. */
const ADDRESSES: Readonly<Record<DestinationName, readonly [RegExp, string]>> = {
  slack: [/^[CGD][A-Z0-9]{2,31}$/, 'the id of a channel, such as slack:C012AB3CD'],
  teams: [
    /^(?:19|a):[A-Za-z0-9_.@:-]{3,200}$/,
    'the id of a conversation, such as teams:19:abc@thread.tacv2',
  ],
  email: [ADDRESS, 'an address, such as email:oncall@example.com'],
}
const RISKS = ['low', 'medium', 'high']

/** One list for all destinations. Of each of them the first rule that fits and names it counts. */
export const approvalRoutesVariable: Variable<readonly ApprovalRoute[]> = {
  name: 'SALLYPORT_APPROVAL_ROUTES',
  describe:
    'Which approvals go where: rules `CONDITIONS=PLACES`, comma-separated. Conditions are `group:NAME`, `risk:WORD`, `upstream:NAME`, joined by `&`, or `*`; places are `slack:ID`, `teams:ID`, `email:ADDRESS`, with blanks between them. Of each destination the first rule counts that fits and names it',
  fallback: '',
  parse: (text) =>
    Object.freeze(
      text
        .split(',')
        .map((rule) => rule.trim())
        .filter(Boolean)
        .map(routeOf),
    ),
}

/** The places of a destination that are told of an approval. */
export function placesOf(
  routes: readonly ApprovalRoute[],
  destination: DestinationName,
  approval: Pick<Approval, 'stages' | 'risk' | 'binding'>,
): readonly string[] {
  const isIts = (to: ApprovalRoute['to'][number]) => to.destination === destination
  const route = routes.find(({ when, to }) => to.some(isIts) && when.every((one) => fits(one, approval)))
  return route === undefined ? [] : [...new Set(route.to.filter(isIts).map(({ address }) => address))]
}

function fits(
  { by, value }: Condition,
  { stages, risk, binding }: Pick<Approval, 'stages' | 'risk' | 'binding'>,
): boolean {
  switch (by) {
    case 'risk':
      return risk === value
    case 'upstream':
      return binding.upstream === value
    case 'group':
      return stages.some(({ of }) => of.some(({ kind, name }) => kind === 'group' && name === value))
  }
}

function routeOf(rule: string): ApprovalRoute {
  const at = rule.indexOf('=')
  if (at === -1) throw new Error('must be CONDITIONS=PLACES, …')
  const when = rule.slice(0, at).trim()
  const to = rule
    .slice(at + 1)
    .split(/\s+/)
    .filter(Boolean)
  if (to.length === 0) throw new Error('has a rule without a place')
  return { when: when === '*' ? [] : when.split('&').map(conditionOf), to: to.map(placeOf) }
}

function conditionOf(text: string): Condition {
  const [, by, value] = /^\s*(group|risk|upstream):(\S+)\s*$/.exec(text) ?? []
  if (by === undefined || value === undefined)
    throw new Error('has a condition that is none of group:NAME, risk:WORD, upstream:NAME and *')
  if (by === 'risk' && !RISKS.includes(value)) throw new Error('has a risk that is not low, medium or high')
  return { by: by as Condition['by'], value }
}

function placeOf(text: string): ApprovalRoute['to'][number] {
  const destination = DESTINATIONS.find((one) => text.startsWith(`${one}:`))
  if (destination === undefined)
    throw new Error('has a place that is none of slack:ID, teams:ID, email:ADDRESS')
  const address = text.slice(destination.length + 1)
  const [form, example] = ADDRESSES[destination]
  if (!form.test(address)) throw new Error(`has a place of ${destination} that is not ${example}`)
  return { destination, address }
}
