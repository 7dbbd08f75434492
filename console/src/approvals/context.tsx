import { Link } from '@tanstack/react-router'
import type { Approval } from '../api/types.ts'
import { span } from '../parts/span.ts'
import { useNow } from '../parts/use-now.ts'
import { visible } from '../parts/visible.ts'
import { mayReadRules, useSession } from '../session/session.ts'

type Around = NonNullable<Approval['context']>

/** Facts around a held call: what its tool says of itself, and how such calls were answered. */
export function Context({ approval }: { readonly approval: Approval }) {
  const { context, upstream } = approval
  if (context === undefined) return null
  return (
    <>
      {context.tool !== null && <Tool tool={context.tool} upstream={upstream} />}
      <Similar similar={context.similar} />
    </>
  )
}

function Tool({ tool, upstream }: { readonly tool: NonNullable<Around['tool']>; readonly upstream: string }) {
  const { title, description, status, since } = tool
  const reads = mayReadRules(useSession())
  return (
    <section aria-labelledby="tool-title">
      <h2 id="tool-title">What the tool says of itself</h2>
      {status !== 'accepted' && (
        <p className="fault" role="alert">
          {visible(`It is not as it was accepted: ${status} since ${new Date(since).toLocaleString()}.`)}{' '}
          {reads && (
            <Link to="/agents/servers/$name" params={{ name: upstream }}>
              See what differs
            </Link>
          )}
        </p>
      )}
      {title !== null && <p className="said">{visible(title)}</p>}
      <p className="said">{visible(description ?? 'Nothing.')}</p>
      {status === 'accepted' && <p className="hint">It is as it was accepted.</p>}
    </section>
  )
}

function Similar({ similar }: { readonly similar: Around['similar'] }) {
  const { approved, denied, unanswered, sameCall, last } = similar
  const now = useNow(5000)
  const isFirst = approved + denied + unanswered === 0
  return (
    <section aria-labelledby="similar-title">
      <h2 id="similar-title">How similar calls were answered</h2>
      {isFirst ? (
        <p>This agent was never answered about this action.</p>
      ) : (
        <p>
          {approved} approved, {denied} denied, {unanswered} unanswered; {sameCall} of them with the very same
          arguments.
        </p>
      )}
      {last !== null && (
        <p>
          {visible(`Last ${last.answer === 'approve' ? 'approved' : 'denied'} by ${last.by}`)},{' '}
          <Link to="/approvals/$id" params={{ id: last.approvalId }} search={(before) => before}>
            {span(now - Date.parse(last.at))} ago
          </Link>
          {last.reason !== null && visible(`: ${last.reason}`)}
        </p>
      )}
    </section>
  )
}

/** What follows from each answer. */
export function Next({ approval }: { readonly approval: Approval }) {
  const lines = approval.context?.next ?? []
  if (lines.length === 0) return null
  return (
    <section aria-labelledby="next-title">
      <h2 id="next-title">What happens next</h2>
      <ul>
        {lines.map((line) => (
          <li key={line}>{visible(line)}</li>
        ))}
      </ul>
    </section>
  )
}
