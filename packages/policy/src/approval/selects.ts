import type { Selector } from './stages.ts'

/** What a selector looks at. */
export interface Selectable {
  readonly personId: string | null
  readonly roles: readonly string[]
  readonly groups: readonly string[]
}

/** Whether a selector takes somebody who may answer at all. A person is told by the id alone. */
export function selects({ kind, name, id }: Selector, { personId, roles, groups }: Selectable): boolean {
  switch (kind) {
    case 'anyone':
      return true
    case 'group':
      return groups.includes(name)
    case 'role':
      return roles.includes(name)
    case 'person':
      return id !== null && id === personId
  }
}

/** Somebody whose vote to approve counted, and the selector that it counted for. */
export interface Approver {
  /** Null where it is not known: the vote counts no more. */
  readonly tokenId: string | null
  /** Null for a token that belongs to nobody. */
  readonly personId: string | null
  readonly botId: string | null
  readonly as: Selector
}
