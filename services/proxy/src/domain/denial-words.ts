import type { Denial } from './denial-shape.ts'
import { editedWords } from './edited.ts'
import type { Repeat } from './guidance.ts'

/**
 * The words that the agent reads when its action is refused, in whatever form its protocol has for them. They name the
 * person who can let it through, and never a command that does, because the agent may have a shell.
 */
export function denialWords(facts: Omit<Denial, 'message'>, told: Repeat['told'] = 'whole'): string {
  if (told !== 'whole' && facts.because !== 'fault') return fewWords(facts, told)
  const sentences = [headline(facts), edits(facts), nature(facts), instead(facts), ask(facts), again(facts)]
  return sentences.filter((sentence) => sentence !== '').join(' ')
}

function headline({
  action,
  upstream,
  because,
  code,
  rule,
  reasons,
  approvalId,
}: Omit<Denial, 'message'>): string {
  const why = reasons.join('; ') || 'no reason was given'
  if (because === 'fault') return `Sallyport could not let ${action} through: ${why} (${code}).`
  if (approvalId !== null) return `Sallyport denied ${action}: ${why}. Approval ${approvalId}.`
  // Many reasons begin with the name of their rule.
  const first = why.startsWith(rule) ? why : `${rule}: ${why}`
  return `Sallyport denied ${action} on ${upstream}: ${first}.`
}

/** Without it the agent would look for the cause in what it has sent. */
function edits({ edited }: Pick<Denial, 'edited'>): string {
  return edited === null
    ? ''
    : editedWords(edited, 'That is about the call with arguments that were edited by')
}

const NATURES: Readonly<Record<Denial['because'], string>> = {
  policy: 'This is policy, and nothing is broken.',
  person: 'This is a decision, and nothing is broken.',
  limit: 'This is a limit, and nothing is broken.',
  protocol: 'Sallyport works; it was the message that it refused.',
  fault: 'This is a fault of Sallyport, not a judgement of the call.',
}

function nature({ because, outcome }: Pick<Denial, 'because' | 'outcome'>): string {
  return outcome === 'expired' ? 'Nothing is broken: no person was there in time.' : NATURES[because]
}

function instead({ allowed, limits }: Pick<Denial, 'allowed' | 'limits'>): string {
  const names = allowed.map(({ name, needsPerson }) => (needsPerson ? `${name} (a person is asked)` : name))
  const bounds = limits.map(({ of, most, unit }) => `${of} of at most ${most} ${unit}`)
  const said = [...names, ...bounds]
  return said.length === 0 ? '' : `Allowed instead: ${said.join(', ')}.`
}

function ask({ access: { tool } }: Pick<Denial, 'access'>): string {
  return tool === null ? '' : `To ask a person for access, call the tool ${tool}.`
}

function again({ retry, retryAfterMs, because }: Pick<Denial, 'retry' | 'retryAfterMs' | 'because'>): string {
  switch (retry) {
    case 'no':
      return 'Do not repeat it unless a person tells you to: the same call would only ask a person again.'
    case 'same_call':
      return 'The same call again asks a person anew.'
    case 'changed_call':
      return 'The same call again is refused again; change it.'
    case 'after_change':
      return because === 'fault'
        ? 'Trying again does not help: the upstream has to mend its list.'
        : 'Trying again does not help until a person has changed that.'
    case 'later':
      return `Try again later, not before ${seconds(retryAfterMs ?? 0)}.`
  }
}

function fewWords(
  { action, rule, times, retryAfterMs }: Omit<Denial, 'message'>,
  told: 'short' | 'paused',
): string {
  const denied = `Sallyport denied ${action} again (${rule}), the ${ordinal(times)} time unchanged.`
  if (told === 'short') return `${denied} Do not repeat it.`
  return `${denied} Stop: leave it alone for ${seconds(retryAfterMs ?? 0)}. Repeating it does not help.`
}

function seconds(ms: number): string {
  const whole = Math.max(1, Math.ceil(ms / 1000))
  return whole === 1 ? '1 second' : `${whole} seconds`
}

function ordinal(times: number): string {
  const last = times % 100
  if (last >= 11 && last <= 13) return `${times}th`
  return `${times}${['th', 'st', 'nd', 'rd'][times % 10] ?? 'th'}`
}
