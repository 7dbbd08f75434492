import { useQuery } from '@tanstack/react-query'
import { call } from '../api/call.ts'
import type { Gateway, KillSwitch, Page } from '../api/types.ts'

const EVERY_MS = 5000

/** The kill switches that are on. */
export const useKillSwitches = () =>
  useQuery({
    queryKey: ['kill-switches'],
    queryFn: ({ signal }) => call<Page<KillSwitch>>('GET', 'kill-switch?limit=500', { signal }),
    refetchInterval: EVERY_MS,
  })

/** Where agents reach the proxy; null where the installation does not say. */
export const useProxyUrl = () =>
  useQuery({
    queryKey: ['proxy'],
    queryFn: ({ signal }) => call<{ readonly url: string | null }>('GET', 'proxy', { signal }),
    staleTime: 60_000,
  })

/** The agents with what they are called; the list of the API, up to what one page has. */
export const gatewaysPath = 'gateways?limit=100'
export const upstreamsPath = 'upstreams?limit=100'

export const ownerOf = ({ owner }: Gateway): string =>
  owner === null ? 'nobody' : (owner.name ?? 'somebody who is gone')
