import type { Approval } from '@sallyport/approval'
import { callText, endingOf, factsOf, inert, openStage, shownRef } from '../call-text.ts'

/** Slack takes 3000 characters in a text of a block. */
export const LONGEST_TEXT = 2800
const LONGEST_TITLE = 300

export interface SlackMessage {
  readonly text: string
  readonly blocks: readonly object[]
}

/** What a message says beside the approval itself. */
export interface SlackFacts {
  /** What is asked. */
  readonly sentence: string
  /** Where all of it is shown; null where the operator has named no address. */
  readonly page: string | null
}

const plain = (text: string) => ({ type: 'plain_text', text, emoji: false })

/**
 * An approval as a Slack message. Words of an agent stand in blocks that Slack does not read as markup (`plain_text`,
 * preformatted rich text), so that they mention nobody and link to nothing.
 */
export function messageOf(approval: Approval, { sentence, page }: SlackFacts): SlackMessage {
  const { gateway, binding, tool, status } = approval
  const title = inert(
    `${gateway.name} asks for ${tool ?? binding.action} on ${binding.upstream}`,
    LONGEST_TITLE,
  )
  const { text, whole } = callText(approval, LONGEST_TEXT)
  return {
    // For notifications, where no markup is read either once these are escaped.
    text: `${escaped(title)}: ${status}`,
    blocks: [
      { type: 'section', text: plain(inert(sentence, LONGEST_TEXT)) },
      {
        type: 'rich_text',
        elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] }],
      },
      { type: 'context', elements: factsOf(approval).map((fact) => plain(inert(fact, LONGEST_TEXT))) },
      ...(status === 'pending' ? [buttons(approval, whole, page)] : [ending(approval)]),
    ],
  }
}

/** What says in the thread that it still waits, and so notifies. */
export function reminderOf(approval: Approval): string {
  return `Still waiting for ${escaped(openStage(approval))}. It expires at ${approval.expiresAt}.`
}

/** Asks why, before a call is denied. `shown`: what the button was about. */
export function denialModal(shown: string): object {
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
    private_metadata: shown,
    title: plain('Deny this call'),
    submit: plain('Deny'),
    close: plain('Back'),
    blocks: [reason],
  }
}

function buttons(approval: Approval, whole: boolean, page: string | null): object {
  const button = (name: string, text: string, more: object) => ({
    type: 'button',
    action_id: name,
    text: plain(text),
    ...more,
  })
  const value = shownRef(approval)
  const approve = button('approve', 'Approve', { style: 'primary', value })
  const deny = button('deny', 'Deny…', { style: 'danger', value })
  const open = page === null ? [] : [button('open', 'Show all of it', { url: page })]
  return { type: 'actions', elements: [...(whole ? [approve] : []), deny, ...open] }
}

function ending(approval: Approval): object {
  return { type: 'section', text: plain(inert(endingOf(approval), LONGEST_TEXT)) }
}

/** https://docs.slack.dev/messaging/formatting-message-text: these three are all that is markup in an escaped text. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
