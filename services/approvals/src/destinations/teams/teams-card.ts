import type { Approval } from '@sallyport/approval'
import { callText, endingOf, factsOf, inert, openStage, shownRef } from '../call-text.ts'

/** A card may have 28 KB in all. */
export const LONGEST_CALL = 6000
const LONGEST_LINE = 600

/** What a card says beside the approval itself. */
export interface CardFacts {
  readonly sentence: string
  /** Where all of it is shown; null where the operator has named no address. */
  readonly page: string | null
}

export type AdaptiveCard = Readonly<Record<string, unknown>>

/** A message of Bot Framework that is one card. */
export interface CardMessage {
  readonly type: 'message'
  readonly summary: string
  readonly attachments: readonly object[]
}

export const CARD = 'application/vnd.microsoft.card.adaptive'

export function messageOf(approval: Approval, facts: CardFacts): CardMessage {
  const { gateway, binding, tool, status } = approval
  const title = inert(
    `${gateway.name} asks for ${tool ?? binding.action} on ${binding.upstream}: ${status}`,
    300,
  )
  return {
    type: 'message',
    summary: title,
    attachments: [{ contentType: CARD, content: cardOf(approval, facts) }],
  }
}

/**
 * An approval as an Adaptive Card. Words of an agent stand in text runs, in which no Markdown is read
 * (https://adaptivecards.io/explorer/TextRun.html), so that they link to nothing and mention nobody.
 */
export function cardOf(approval: Approval, { sentence, page }: CardFacts): AdaptiveCard {
  const { text, whole } = callText(approval, LONGEST_CALL)
  const isPending = approval.status === 'pending'
  return {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.4',
    body: [
      run(inert(sentence, 3 * LONGEST_LINE), { weight: 'Bolder' }),
      run(text, { fontType: 'Monospace', size: 'Small' }),
      ...factsOf(approval).map((fact) => run(inert(fact, LONGEST_LINE), { isSubtle: true, size: 'Small' })),
      ...(isPending ? [] : [run(inert(endingOf(approval), 3 * LONGEST_LINE), { weight: 'Bolder' })]),
    ],
    actions: isPending ? actionsOf(approval, whole, page) : openAction(page),
  }
}

/** What says that it still waits, and so notifies. */
export function reminderOf(approval: Approval): object {
  const text = `Still waiting for ${openStage(approval)}. It expires at ${approval.expiresAt}.`
  return {
    type: 'message',
    textFormat: 'plain',
    text: inert(text, LONGEST_LINE),
  }
}

function actionsOf(approval: Approval, whole: boolean, page: string | null): object[] {
  const execute = (verb: string, title: string, style: string) => ({
    type: 'Action.Execute',
    verb,
    title,
    style,
    data: { shown: shownRef(approval) },
  })
  const reason = {
    type: 'Input.Text',
    id: 'reason',
    label: 'Reason, which the agent is told',
    isMultiline: true,
    maxLength: 2000,
  }
  const deny = {
    type: 'Action.ShowCard',
    title: 'Deny…',
    card: { type: 'AdaptiveCard', body: [reason], actions: [execute('deny', 'Deny', 'destructive')] },
  }
  return [...(whole ? [execute('approve', 'Approve', 'positive')] : []), deny, ...openAction(page)]
}

function openAction(page: string | null): object[] {
  return page === null ? [] : [{ type: 'Action.OpenUrl', title: 'Show all of it', url: page }]
}

function run(text: string, more: object): object {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text, ...more }] }
}
