import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { call, told } from '../api/call.ts'
import type { Approval } from '../api/types.ts'
import { useSingleKeys } from '../keys/single-keys.ts'
import { ApprovalDetail } from './approval-detail.tsx'
import { liveApprovals, useLatest, useLive } from './live-approvals.ts'

const ALONE_MS = 2000

/** One approval. All of it is read once; afterwards only what becomes of it. */
export function ApprovalPage() {
  const { id } = useParams({ from: '/inside/approvals/$id' })
  const filter = useSearch({ from: '/inside/approvals' })
  const navigate = useNavigate()
  const { state } = useLive()
  const latest = useLatest(id)
  const path = `approvals/${encodeURIComponent(id)}`
  const read = useQuery({
    queryKey: ['approval', id],
    queryFn: ({ signal }) => call<Approval>('GET', path, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  })
  const status = latest?.status ?? read.data?.status
  // Without the stream it is asked for, as long as something can still become of it; and once after the stream was away.
  useQuery({
    queryKey: ['approvals', 'standing', id],
    enabled: read.data !== undefined && (status === 'pending' || status === 'approved'),
    initialData: read.data?.status,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: state === 'live' ? false : ALONE_MS,
    queryFn: async ({ signal }) => {
      const now = await call<Approval>('GET', `${path}?arguments=recorded`, { signal })
      liveApprovals.take(now)
      return now.status
    },
  })
  // What somebody put in the place of what is on the screen is read whole, and shown anew.
  const { refetch } = read
  const digest = latest?.digest
  useEffect(() => {
    if (digest !== undefined) void refetch({ cancelRefetch: false })
  }, [digest, refetch])
  useSingleKeys({ escape: () => void navigate({ to: '/approvals', search: filter }) })
  useEffect(() => {
    document.title = `${status ?? '…'}: approval`
    return () => {
      document.title = 'Sallyport'
    }
  }, [status])

  return (
    <article className="card detail" key={id}>
      <Link to="/approvals" search={filter} className="back">
        All approvals
      </Link>
      {read.error !== null && (
        <p role="alert" className="fault">
          {told(read.error)}
        </p>
      )}
      {read.data !== undefined && <ApprovalDetail key={read.data.digest} whole={read.data} latest={latest} />}
    </article>
  )
}
