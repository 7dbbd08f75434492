import { createHash } from 'node:crypto'
import type { Approval } from '@sallyport/approval'
import { callText, endingOf, factsOf, inert, openStage } from '../call-text.ts'

export interface Email {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly messageId: string
  /** The message that this one follows. */
  readonly inReplyTo?: string
}

/** How its reader gets from the message to the call. */
export type WayToAnswer =
  | { readonly kind: 'link'; readonly url: string; readonly code: string }
  | { readonly kind: 'page'; readonly url: string }
  | { readonly kind: 'none' }

export interface EmailFacts {
  readonly to: string
  /** What is asked. */
  readonly sentence: string
  readonly way: WayToAnswer
  /** `asked`, `ended`, or another word for each reminder. */
  readonly kind: string
  /** The name of the recipient in the log, and of the installation in the ids of messages. */
  readonly place: string
  readonly domain: string
}

const LONGEST_CALL = 8000
const LONGEST_LINE = 1000
const LONGEST_SUBJECT = 150

/** Tells of a held call that waits, or what became of it. */
export function emailOf(approval: Approval, facts: EmailFacts): Email {
  const { kind, to, place, domain } = facts
  const ended = approval.status !== 'pending'
  const own = messageIdOf(approval, place, kind, domain)
  const first = messageIdOf(approval, place, 'asked', domain)
  return {
    to,
    subject: subjectOf(approval, kind),
    ...(ended ? endedBody(approval, facts) : askedBody(approval, facts)),
    messageId: own,
    ...(own !== first && { inReplyTo: first }),
  }
}

/** The same for the same message: one that is sent twice is one to whoever reads it. */
function messageIdOf({ approvalId }: Approval, place: string, kind: string, domain: string): string {
  const digest = createHash('sha256').update(`${place} ${kind}`).digest('hex').slice(0, 24)
  return `<${approvalId}.${digest}@${domain}>`
}

function subjectOf({ gateway, tool, binding, status }: Approval, kind: string): string {
  const what = `${gateway.name}: ${tool ?? binding.action} on ${binding.upstream}`
  const word = status === 'pending' ? askingWord(kind) : `Was ${status}`
  return unlinked(inert(`${word}: ${what}`, LONGEST_SUBJECT))
}

function askingWord(kind: string): string {
  if (kind === 'asked') return 'Approval wanted'
  return kind.startsWith('edited') ? 'Edited, approval wanted' : 'Still waiting'
}

function askedBody(approval: Approval, { sentence, way }: EmailFacts): Pick<Email, 'text' | 'html'> {
  const { text: call } = callText(approval, LONGEST_CALL)
  const lines = [
    line(sentence),
    ...factsOf(approval).map(line),
    `It is answered by ${line(openStage(approval))}, and denied by itself at ${approval.expiresAt}.`,
  ]
  const shown = unlinked(call)
  return {
    text: [...lines, '', ...wayInText(way), '', CALL, '', shown, '', NOTE, ''].join('\n'),
    html: page([
      ...lines.map((one) => `<p>${escaped(one)}</p>`),
      wayInHtml(way),
      `<p>${CALL}</p><pre style="white-space:pre-wrap;overflow-wrap:anywhere;background:#f4f4f5;color:#18181b;padding:12px">${escaped(shown)}</pre>`,
      `<p style="color:#52525b">${NOTE}</p>`,
    ]),
  }
}

function endedBody(approval: Approval, { sentence }: EmailFacts): Pick<Email, 'text' | 'html'> {
  const lines = [`This call needs no answer any more: ${line(endingOf(approval))}.`, line(sentence)]
  return {
    text: [...lines, '', line(`approval ${approval.approvalId}`), ''].join('\n'),
    html: page([...lines, `approval ${approval.approvalId}`].map((one) => `<p>${escaped(one)}</p>`)),
  }
}

const CALL = 'With these arguments, as the record has them (secrets masked, long texts cut):'
const NOTE =
  'Addresses in them are written with [.] and [:], so that nothing in this message leads anywhere but to Sallyport.'

function wayInText(way: WayToAnswer): string[] {
  switch (way.kind) {
    case 'link':
      return [
        `Look at it and answer: ${way.url}`,
        `Code: ${spaced(way.code)}`,
        'The link is for you, works once, and answers nothing by itself. Do not forward this message.',
      ]
    case 'page':
      return [`Sign in, look at it and answer: ${way.url}`]
    case 'none':
      return ['Answer it in the console of Sallyport.']
  }
}

function wayInHtml(way: WayToAnswer): string {
  const button = (url: string, text: string) =>
    `<p><a href="${escaped(url)}" style="display:inline-block;background:#1d4ed8;color:#ffffff;padding:10px 16px;text-decoration:none;border-radius:6px">${text}</a></p>`
  switch (way.kind) {
    case 'link':
      return [
        button(way.url, 'Look at it and answer'),
        `<p>Code: <b style="font-size:1.4em">${spaced(way.code)}</b></p>`,
        '<p>The link is for you, works once, and answers nothing by itself. Do not forward this message.</p>',
      ].join('')
    case 'page':
      return button(way.url, 'Sign in, look at it and answer')
    case 'none':
      return '<p>Answer it in the console of Sallyport.</p>'
  }
}

const spaced = (code: string): string => `${code.slice(0, 3)} ${code.slice(3)}`

function page(parts: readonly string[]): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"></head><body style="font-family:system-ui,sans-serif;line-height:1.5;max-width:640px">${parts.join('\n')}</body></html>`
}

const line = (text: string): string => unlinked(inert(text, LONGEST_LINE))

/** Programs that show mail make links of what looks like an address. Here nothing does. */
function unlinked(text: string): string {
  return text
    .replaceAll('://', '[:]//')
    .replaceAll(/(?<=[\p{L}\p{N}_-])\.(?=\p{L}{2})/gu, '[.]')
    .replaceAll(/(?<=\S)@(?=\S)/g, '[@]')
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
