import { type Approval, factsText } from '../commands/approval-description.ts'
import { partText, type ShownPart } from '../commands/shown-arguments.ts'
import { printable } from '../output.ts'
import { type Block, ShownBlocks } from './shown-blocks.ts'
import type { Key } from './terminal.ts'

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** What a key asks for that takes the API. */
export type Asked =
  | { readonly do: 'quit' }
  | { readonly do: 'read' | 'reveal'; readonly id: string }
  | { readonly do: 'vote'; readonly vote: 'approve' | 'deny'; readonly id: string; readonly body: object }

/** What the keys mean at present. */
type Mode =
  | { readonly is: 'reading' }
  | { readonly is: 'approving'; readonly id: string; readonly unseen: readonly string[] }
  | { readonly is: 'denying'; readonly id: string; readonly reason: string }

/** Lines of a screen that are not the call: one above, two below. */
export const AROUND = 3
const LONGEST_REASON = 2000
/** A request names so many places at most; beyond that it names all. */
const MOST_PLACES = 1000

/**
 * The calls that wait, the one that is on the screen, and what of it has been there. What is on the screen never changes
 * by itself to another call, so no key is ever about a call that its person has not before them.
 */
export class WatchedApprovals {
  readonly #pending = new Map<string, Approval>()
  #size: Size
  #shown: { readonly approval: Approval; readonly blocks: ShownBlocks } | undefined
  #top = 0
  #note = ''
  #mode: Mode = { is: 'reading' }

  constructor(size: Size) {
    this.#size = size
  }

  get mode(): Mode {
    return this.#mode
  }

  get note(): string {
    return this.#note
  }

  get approval(): Approval | undefined {
    return this.#shown?.approval
  }

  /** Which of how many that wait is on the screen; 0 where it does not wait any more. */
  get place(): { readonly nth: number; readonly of: number } {
    const ids = [...this.#pending.keys()]
    return { nth: ids.indexOf(this.#shown?.approval.approvalId ?? '') + 1, of: ids.length }
  }

  /** The lines on the screen; they have been seen then. */
  lines(): string[] {
    return this.#shown?.blocks.show(this.#top, this.#page) ?? []
  }

  /** How many parts of the call have not been on the screen. */
  unseen(): number {
    return this.#shown?.blocks.unseen().length ?? 0
  }

  /** How many lines there are below the screen. */
  below(): number {
    return Math.max(0, (this.#shown?.blocks.length ?? 0) - this.#top - this.#page)
  }

  say(note: string): void {
    this.#note = note
  }

  /** An approval as it stands now. Asks to read the first one, where nothing is on the screen. */
  take(approval: Approval): { readonly id: string } | undefined {
    const { approvalId, status } = approval
    if (status === 'pending') this.#pending.set(approvalId, approval)
    else this.#pending.delete(approvalId)
    const shown = this.#shown
    if (shown === undefined) return status === 'pending' ? { id: approvalId } : undefined
    if (shown.approval.approvalId !== approvalId) return undefined
    // Somebody has edited them: they are read anew. A vote until then is about those on the screen, and is refused.
    if (shown.approval.digest !== approval.digest && status === 'pending') return { id: approvalId }
    // The arguments stay as they were read: this may be a shorter form of them.
    const {
      arguments: _,
      parts: __,
      meta: ___,
      whole: ____,
      context: _____,
      digest: ______,
      ...now
    } = approval
    this.#shown = { ...shown, approval: { ...shown.approval, ...now } }
    if (status !== 'pending' && this.#mode.is !== 'reading') this.#mode = { is: 'reading' }
    return undefined
  }

  /** Puts a call on the screen, from its beginning. */
  open(approval: Approval): void {
    this.#shown = { approval, blocks: new ShownBlocks(blocksOf(approval), this.#size.columns) }
    this.#top = 0
    this.#note = ''
    this.#mode = { is: 'reading' }
  }

  reveal(id: string, parts: readonly ShownPart[]): void {
    const { approval } = this.#shown ?? {}
    if (approval?.approvalId !== id) return
    const open = new Map(parts.map((part) => [part.place, part]))
    const shown = (approval.parts ?? []).map((part) => open.get(part.place) ?? part)
    this.open({ ...approval, parts: shown })
    this.#note = 'secrets are shown, which is recorded'
  }

  resize(size: Size): void {
    this.#size = size
    this.#shown?.blocks.layOut(size.columns)
    this.#scrollTo(this.#top)
  }

  press(key: Key): Asked | undefined {
    if (key.ctrl && (key.name === 'c' || key.name === 'd')) return { do: 'quit' }
    switch (this.#mode.is) {
      case 'reading':
        return this.#onReading(key)
      case 'approving':
        return this.#onApproving(key, this.#mode)
      case 'denying':
        return this.#onDenying(key, this.#mode)
    }
  }

  #onReading({ name, text }: Key): Asked | undefined {
    this.#note = ''
    const page = Math.max(1, this.#page - 1)
    if (text === 'q') return { do: 'quit' }
    if (text === 'n' || name === 'right') return this.#step(1)
    if (text === 'p' || name === 'left') return this.#step(-1)
    if (text === 'a' || text === 'A') return this.#beginToApprove(text === 'A')
    if (text === 'd') return this.#beginToDeny()
    if (text === 'r') return this.#askToReveal()
    if (text === ' ' || name === 'pagedown') this.#scrollTo(this.#top + page)
    else if (text === 'b' || name === 'pageup') this.#scrollTo(this.#top - page)
    else if (name === 'down' || text === 'j') this.#scrollTo(this.#top + 1)
    else if (name === 'up' || text === 'k') this.#scrollTo(this.#top - 1)
    else if (text === 'g' || name === 'home') this.#scrollTo(0)
    else if (text === 'G' || name === 'end') this.#scrollTo(Number.MAX_SAFE_INTEGER)
    return undefined
  }

  #onApproving({ text }: Key, { id, unseen }: Extract<Mode, { is: 'approving' }>): Asked | undefined {
    this.#mode = { is: 'reading' }
    if (text !== 'y') {
      this.#note = 'not approved'
      return undefined
    }
    const places = unseen.length > MOST_PLACES ? [''] : unseen
    const body = { ...this.#onScreen(), unseen: places, ...(places.length > 0 && { confirm: true }) }
    return { do: 'vote', vote: 'approve', id, body }
  }

  #onDenying({ name, text, ctrl }: Key, { id, reason }: Extract<Mode, { is: 'denying' }>): Asked | undefined {
    if (name === 'escape') {
      this.#mode = { is: 'reading' }
      this.#note = 'not denied'
    } else if (name === 'return' || name === 'enter') {
      this.#mode = { is: 'reading' }
      const said = reason.trim()
      return {
        do: 'vote',
        vote: 'deny',
        id,
        body: { ...this.#onScreen(), ...(said !== '' && { reason: said }) },
      }
    } else if (name === 'backspace') {
      this.#mode = { is: 'denying', id, reason: [...reason].slice(0, -1).join('') }
    } else if (!ctrl && text !== '' && printable(text) === text) {
      this.#mode = { is: 'denying', id, reason: (reason + text).slice(0, LONGEST_REASON) }
    }
    return undefined
  }

  /** A vote is about what was read, and about nothing that was put in its place meanwhile. */
  #onScreen(): { readonly digest?: string } {
    const digest = this.#shown?.approval.digest
    return digest === undefined ? {} : { digest }
  }

  #beginToApprove(allTheSame: boolean): undefined {
    const { approval, blocks } = this.#answerable() ?? {}
    if (!approval || !blocks) return
    const unseen = blocks.unseen()
    if (unseen.length > 0 && !allTheSame) {
      this.#scrollTo(blocks.firstUnseen())
      this.#note = `not approved: ${unseen.length} ${unseen.length === 1 ? 'part was' : 'parts were'} not on the screen yet; read on, or A`
      return
    }
    this.#mode = { is: 'approving', id: approval.approvalId, unseen }
  }

  #beginToDeny(): undefined {
    const { approval } = this.#answerable(this.#shown?.approval.youMay?.deny) ?? {}
    if (approval) this.#mode = { is: 'denying', id: approval.approvalId, reason: '' }
  }

  #askToReveal(): Asked | undefined {
    const { approval } = this.#answerable() ?? {}
    return approval && { do: 'reveal', id: approval.approvalId }
  }

  /** The call on the screen, where it waits and its person may do this; somebody of a later stage may deny already. */
  #answerable(may = this.#shown?.approval.youMay?.answer ?? true) {
    const shown = this.#shown
    if (shown === undefined) return undefined
    const { status, youMay } = shown.approval
    if (status === 'pending' && may) return shown
    this.#note =
      status === 'pending'
        ? `your vote does not count: ${youMay?.why}`
        : 'it does not wait any more: n for the next'
    return undefined
  }

  #step(by: 1 | -1): Asked | undefined {
    const ids = [...this.#pending.keys()]
    const at = ids.indexOf(this.#shown?.approval.approvalId ?? '')
    const to = at === -1 ? (by === 1 ? 0 : ids.length - 1) : at + by
    const id = ids[to]
    if (id !== undefined) return { do: 'read', id }
    this.#note = ids.length === 0 ? 'nothing waits' : by === 1 ? 'it is the last one' : 'it is the first one'
    return undefined
  }

  get #page(): number {
    return Math.max(1, this.#size.rows - AROUND)
  }

  #scrollTo(line: number): void {
    const last = Math.max(0, (this.#shown?.blocks.length ?? 0) - this.#page)
    this.#top = Math.min(Math.max(0, line), last)
  }
}

/** Facts first, then each part of the call by itself. */
function blocksOf(approval: Approval): Block[] {
  const { parts, whole, arguments: given, meta } = approval
  const fact = (text: string): Block => ({ place: null, text })
  if (parts === undefined) {
    const recorded = meta === undefined ? { arguments: given } : { arguments: given, _meta: meta }
    return [fact(factsText(approval)), { place: '', text: printable(JSON.stringify(recorded)) }]
  }
  const title = whole === true ? 'arguments, all of them:' : 'arguments as recorded, long ones are cut:'
  return [
    fact(`${factsText(approval)}\n\n${title}`),
    ...parts.map((part) => ({ place: part.place, text: partText(part) })),
  ]
}
