import type { ApprovalStatus } from '@sallyport/approval'
import { InvalidArgumentError, Option } from 'commander'

/** The API's word for what people are told is used. */
const USED = 'consumed'

/** The states of an approval in the words for people, with their meanings. */
const MEANINGS: Readonly<Record<Exclude<ApprovalStatus, typeof USED> | 'used' | 'all', string>> = {
  pending: 'waits for a person',
  approved: 'a person said yes, and no call has used it yet',
  denied: 'a person said no',
  expired: 'nobody answered in time',
  cancelled: 'called off before an answer',
  used: 'approved, and used for its call, once (consumed in JSON)',
  lapsed: 'approved, and not used in time',
  revoked: 'approved, and taken back before it was used',
  all: 'every one of these',
}
const STATUSES = Object.keys(MEANINGS)

/** A status of the API in the word for people. */
export function statusWord(status: string): string {
  return status === USED ? 'used' : status
}

/** `--status`, which gives the API's word; that one is taken too, as JSON has it. */
export function statusOption(): Option {
  const option = new Option('--status <status>', 'only those in this state (default: pending)')
  option.choices(STATUSES)
  return option.argParser((word: string) => {
    if (word === 'used' || word === USED) return USED
    if (STATUSES.includes(word)) return word
    throw new InvalidArgumentError(`Allowed choices are ${STATUSES.join(', ')}.`)
  })
}

/** The statuses with their meanings, for the end of a command's help. */
export function statusHelp(): string {
  const lines = Object.entries(MEANINGS).map(([status, meaning]) => `  ${status.padEnd(10)} ${meaning}`)
  return ['', 'States:', ...lines].join('\n')
}
