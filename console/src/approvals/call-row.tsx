import { Link } from '@tanstack/react-router'
import type { Approval } from '../api/types.ts'
import { span } from '../parts/span.ts'
import { visible } from '../parts/visible.ts'
import type { Filter } from './filter.ts'
import { statusWord } from './words.ts'

interface CallRowProps {
  readonly approval: Approval
  readonly filter: Filter
  readonly open: boolean
  readonly now: number
}

export function CallRow({ approval, filter, open, now }: CallRowProps) {
  const { approvalId, gateway, tool, action, upstream, risk, status, youMay } = approval
  return (
    <Link
      to="/approvals/$id"
      params={{ id: approvalId }}
      search={filter}
      className="call"
      aria-current={open ? 'true' : undefined}
    >
      <span className="what">
        <bdi>{visible(tool ?? action)}</bdi>
      </span>
      <span className={`badge ${risk}`}>{risk} risk</span>
      <span className="where">
        <bdi>{visible(gateway.name)}</bdi> on <bdi>{visible(upstream)}</bdi>
      </span>
      <code className="gist">
        <bdi>{visible(gistOf(approval))}</bdi>
      </code>
      <span className="when">{whenOf(approval, now)}</span>
      {status !== 'pending' && <span className={`badge ${status}`}>{statusWord(status)}</span>}
      {status === 'pending' && !youMay.answer && <span className="badge">not yours</span>}
    </Link>
  )
}

const GIST_CHARACTERS = 120

/** The beginning of the arguments, as the record has them. */
function gistOf({ arguments: given }: Approval): string {
  return (JSON.stringify(given) ?? '').slice(0, GIST_CHARACTERS)
}

function whenOf({ status, requestedAt, expiresAt, endedAt, answeredAt }: Approval, now: number): string {
  if (status !== 'pending') return `${span(now - Date.parse(endedAt ?? answeredAt ?? requestedAt))} ago`
  return `waits ${span(now - Date.parse(requestedAt))}, ${span(Date.parse(expiresAt) - now)} left`
}
