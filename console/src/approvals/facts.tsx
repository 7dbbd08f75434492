import type { Approval } from '../api/types.ts'
import { Row } from '../parts/row.tsx'
import { span } from '../parts/span.ts'
import { useNow } from '../parts/use-now.ts'
import { visible } from '../parts/visible.ts'

/** Who asks for what, why a person is asked, and until when. */
export function Facts({ approval }: { readonly approval: Approval }) {
  const { gateway, client, action, upstream, connector, reasons, rule, attachments, approvalId } = approval
  const running = client === null ? '' : `, running ${client.name} ${client.version}`
  return (
    <dl>
      <Row name="Asks">{visible(`${gateway.name}${running}`)}</Row>
      <Row name="To do">
        <code>{visible(action)}</code>
      </Row>
      <Row name="On">{visible(`${upstream} (${connector})`)}</Row>
      <Row name="Because">{visible([...reasons, `rule: ${rule}`].join('\n'))}</Row>
      <Clocks approval={approval} />
      {attachments > 0 && <Row name="Asked again">{`${attachments} times while this was open`}</Row>}
      <Row name="Approval">
        <code>{approvalId}</code>
      </Row>
      <Row name="Digest">
        <code>{approval.digest}</code>
        <span className="hint block">What runs has this digest, or it does not run.</span>
      </Row>
    </dl>
  )
}

function Clocks({ approval }: { readonly approval: Approval }) {
  const now = useNow(1000)
  const { status, requestedAt, expiresAt, usableUntil, endedAt, remindAt, remindedAt, escalateAt } = approval
  const left = (until: string) => `${span(Date.parse(until) - now)} left, until ${timeOf(until)}`
  return (
    <>
      <Row name="Since">{`${timeOf(requestedAt)}, ${span(now - Date.parse(requestedAt))} ago`}</Row>
      {status === 'pending' && <Row name="To answer">{left(expiresAt)}</Row>}
      {status === 'pending' && remindAt !== null && remindedAt === null && (
        <Row name="Reminder">{timeOf(remindAt)}</Row>
      )}
      {escalateAt !== null && <Row name="Escalation">{escalationOf(approval, escalateAt)}</Row>}
      {status === 'approved' && usableUntil !== null && <Row name="To be used">{left(usableUntil)}</Row>}
      {endedAt !== null && <Row name="Ended">{timeOf(endedAt)}</Row>}
    </>
  )
}

function escalationOf({ escalatedAt, fallback }: Approval, escalateAt: string): string {
  const to = fallback === null ? '' : visible(`: ${fallback} may answer as well`)
  return escalatedAt === null ? `at ${timeOf(escalateAt)}${to}` : `since ${timeOf(escalatedAt)}${to}`
}

const timeOf = (instant: string): string => new Date(instant).toLocaleString()
