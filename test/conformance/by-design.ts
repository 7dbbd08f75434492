import type { Difference } from './compare-checks.ts'

/** A check that comes out differently because of what the proxy is for. */
interface ByDesign {
  readonly why: string
  covers(difference: Difference): boolean
}

const BY_DESIGN: readonly ByDesign[] = [
  {
    why: "an agent asks the authorization server for the proxy's address, which is the resource it was told",
    covers: ({ id, direct, proxied, errorMessage }) =>
      id === 'resource-parameter-matches-prm' &&
      direct === 'SUCCESS' &&
      proxied === 'FAILURE' &&
      errorMessage.includes('the authorization and token request sent a different value'),
  },
]

/** Why a difference has to be; undefined where it is a fault. */
export function reasonOf(difference: Difference): string | undefined {
  return BY_DESIGN.find(({ covers }) => covers(difference))?.why
}
