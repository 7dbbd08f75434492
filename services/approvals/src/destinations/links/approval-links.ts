import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** For whom a link is, for which approval, and until when. */
export interface LinkFacts {
  readonly approvalId: string
  readonly personId: string
  /** Tells the links of one person for one approval apart, such as those of a message and of its reminder. */
  readonly nth: string
  /** Milliseconds. */
  readonly until: number
}

export interface ApprovalLink {
  /** Stands behind the `#` of the page's address, which a browser sends to nobody. */
  readonly token: string
  /** Six digits, which stand in the message and not in the link: whoever has the link alone opens nothing. */
  readonly code: string
}

/** A token whose facts are of this installation, and what it is called in the log. */
export interface KnownLink extends LinkFacts {
  readonly linkId: string
  readonly code: string
}

const ID_LENGTH = 22
const FORM = /^([A-Za-z0-9_-]{1,600})\.([A-Za-z0-9_-]{43})$/

/**
 * Links that sign one person in for one approval. Nothing is kept of them: a link is made from its facts with a key of the
 * installation, and with the address of its person, so that it ends with that address.
 */
export class ApprovalLinks {
  readonly #key: Uint8Array

  constructor(key: Uint8Array) {
    this.#key = key
  }

  make(facts: LinkFacts, email: string): ApprovalLink {
    const payload = Buffer.from(JSON.stringify(factsIn(facts))).toString('base64url')
    return { token: `${payload}.${this.#mac('link', payload, email)}`, code: this.#code(payload, email) }
  }

  /** `emailOf` gives the address of a person now. Undefined where the token is not of this installation or that address is another. */
  read(token: string, emailOf: (personId: string) => string | null): KnownLink | undefined {
    const [, payload = '', mac = ''] = FORM.exec(token) ?? []
    const facts = read(payload)
    const email = facts && emailOf(facts.personId)
    if (!facts || !email) return undefined
    if (!isSame(mac, this.#mac('link', payload, email))) return undefined
    return { ...facts, linkId: idOf(mac), code: this.#code(payload, email) }
  }

  #mac(purpose: 'link' | 'code', payload: string, email: string): string {
    const address = createHash('sha256').update(email).digest('hex')
    return createHmac('sha256', this.#key).update(`${purpose} ${address} ${payload}`).digest('base64url')
  }

  #code(payload: string, email: string): string {
    const number = Buffer.from(this.#mac('code', payload, email), 'base64url').readUIntBE(0, 6) % 1_000_000
    return String(number).padStart(6, '0')
  }
}

/** Whether two short texts are the same, in the time that it takes anyway. */
export function isSame(given: string, wanted: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** What the log calls a link tells nothing of the link itself. */
const idOf = (mac: string): string => createHash('sha256').update(mac).digest('base64url').slice(0, ID_LENGTH)

const factsIn = ({ approvalId, personId, nth, until }: LinkFacts) => [approvalId, personId, nth, until]

function read(payload: string): LinkFacts | undefined {
  try {
    const facts: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
    if (!Array.isArray(facts)) return undefined
    const [approvalId, personId, nth, until] = facts as unknown[]
    if (typeof approvalId !== 'string' || typeof personId !== 'string') return undefined
    if (typeof nth !== 'string' || typeof until !== 'number') return undefined
    return { approvalId, personId, nth, until }
  } catch {
    return undefined
  }
}
