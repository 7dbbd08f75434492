import { type Approval, describeStatus } from '@sallyport/approval'
import { selectorText } from '@sallyport/policy'
import { recordedArguments } from '../shown-calls.ts'

/** Slack takes 3000 characters in a text of a block. */
const LONGEST_TEXT = 2800
/** A text that hides or reorders what stands around it is shown by its number. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu

export interface SlackMessage {
  readonly text: string
  readonly blocks: readonly object[]
}

const plain = (text: string) => ({ type: 'plain_text', text, emoji: false })

/** Whether all of the recorded arguments stand in the message, so that it may be approved there. */
export function isShownWhole(approval: Approval): boolean {
  return argumentsOf(approval).length <= LONGEST_TEXT
}

/**
 * An approval as a Slack message. Words of an agent stand in blocks that Slack does not read as markup (`plain_text`,
 * preformatted rich text), so that they mention nobody and link to nothing.
 */
export function messageOf(approval: Approval): SlackMessage {
  const { gateway, binding, tool, approvalId } = approval
  const title = inert(`${gateway.name} asks for ${tool ?? binding.action} on ${binding.upstream}`, 300)
  const whole = isShownWhole(approval)
  const given = whole
    ? argumentsOf(approval)
    : `${argumentsOf(approval).slice(0, LONGEST_TEXT)}\n… cut: it is answered where all of it is shown`
  return {
    // For notifications, where no markup is read either once these are escaped.
    text: `${escaped(title)}: ${approval.status}`,
    blocks: [
      { type: 'section', text: plain(title) },
      {
        type: 'rich_text',
        elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: given }] }],
      },
      { type: 'context', elements: factsOf(approval).map((fact) => plain(inert(fact, LONGEST_TEXT))) },
      ...(approval.status === 'pending' ? [buttons(approvalId, whole)] : [ending(approval)]),
    ],
  }
}

/** What says in the thread that it still waits, and so notifies. */
export function reminderOf(approval: Approval): string {
  return `Still waiting for ${escaped(openStage(approval))}. It expires at ${approval.expiresAt}.`
}

/** Asks why, before a call is denied. */
export function denialModal(approvalId: string): object {
  const reason = {
    type: 'input',
    block_id: 'reason',
    optional: true,
    label: plain('Reason, which the agent is told'),
    element: { type: 'plain_text_input', action_id: 'reason', multiline: true, max_length: 2000 },
  }
  return {
    type: 'modal',
    callback_id: 'deny',
    private_metadata: approvalId,
    title: plain('Deny this call'),
    submit: plain('Deny'),
    close: plain('Back'),
    blocks: [reason],
  }
}

function buttons(approvalId: string, whole: boolean): object {
  const button = (name: 'approve' | 'deny', text: string, style: string) => ({
    type: 'button',
    action_id: name,
    value: approvalId,
    text: plain(text),
    style,
  })
  const deny = button('deny', 'Deny…', 'danger')
  return { type: 'actions', elements: whole ? [button('approve', 'Approve', 'primary'), deny] : [deny] }
}

function ending(approval: Approval): object {
  const { answer } = approval
  const reason = answer?.reason ? `: ${answer.reason}` : ''
  return { type: 'section', text: plain(inert(`${describeStatus(approval)}${reason}`, LONGEST_TEXT)) }
}

function factsOf(approval: Approval): string[] {
  const { risk, rule, reasons, votes, expiresAt, approvalId } = approval
  const voted =
    votes.length === 0 ? '' : `, approved so far by ${votes.map(({ actor }) => actor.name).join(', ')}`
  return [
    `risk ${risk}; ${rule}${reasons.length === 0 ? '' : `: ${reasons.join('; ')}`}`,
    `needs ${openStage(approval)}${voted}; until ${expiresAt}`,
    `approval ${approvalId}`,
  ]
}

function openStage({ stages, stage }: Approval): string {
  const open = stages[stage] ?? stages.at(-1)
  return open ? `${open.need} of ${open.of.map(selectorText).join(' or ')}` : 'nobody'
}

/** As the record has them, with the `_meta`, as both may run: secrets masked, long ones cut, numbers as they came. */
function argumentsOf(approval: Approval): string {
  const { arguments: given, _meta: meta } = recordedArguments(approval)
  const shown = meta === undefined || meta === null ? given : { arguments: given, _meta: meta }
  return visible(JSON.stringify(shown, null, 2) ?? 'null', '\n')
}

function inert(text: string, longest: number): string {
  const shown = visible(text)
  return shown.length <= longest ? shown : `${shown.slice(0, longest - 1)}…`
}

function visible(text: string, but = ''): string {
  return text.replace(UNSEEN, (one) =>
    one === but ? one : `<U+${one.codePointAt(0)?.toString(16).toUpperCase()}>`,
  )
}

/** https://docs.slack.dev/messaging/formatting-message-text: these three are all that is markup in an escaped text. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
