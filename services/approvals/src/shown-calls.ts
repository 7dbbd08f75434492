import { type Approval, digestOf, isOpen } from '@sallyport/approval'
import { type Part, redactWhole } from '@sallyport/inspection'
import { type ExactJson, exactValue, parseExactly } from '@sallyport/jsonrpc'
import type { ArgumentSeal } from '@sallyport/rpc'
import { BoundedMap } from '@sallyport/runtime'

/** A held call as whoever may answer it sees it. */
export interface ShownCall {
  readonly arguments: unknown
  readonly meta: unknown
  /** Whether nothing is cut off. */
  readonly whole: boolean
  /** The leaves of `{ arguments, _meta }`, in their order, by their places in that. */
  readonly parts: readonly Part[]
  /** Places of parts that the record has not, or not whole: nobody knows them who has only seen the record. */
  readonly unrecorded: readonly string[]
}

/** Opening and scanning takes as long as the arguments are long, and pages ask again and again. */
const REMEMBERED = 16
const REMEMBERED_UNITS = 1024 * 1024

/** What is sealed of a held call. */
export interface HeldDocument {
  readonly arguments: ExactJson
  readonly _meta?: ExactJson
  /** The text of the part of `_meta` that the approval is bound to as well; left out where there is none. */
  readonly bound?: string
}

interface Document {
  readonly arguments: unknown
  readonly _meta?: unknown
}

type Sealed = Pick<Approval, 'callDigest' | 'edit' | 'sealedArguments'>

/** Opens the arguments of calls that wait for a person, and masks the secrets in them. */
export class ShownCalls {
  readonly #seal: ArgumentSeal | undefined
  readonly #known = new BoundedMap<string, { readonly digest: string; readonly call: ShownCall }>(REMEMBERED)

  /** Without a seal there is only what was recorded. */
  constructor(seal: ArgumentSeal | undefined) {
    this.#seal = seal
  }

  async of(approval: Approval): Promise<ShownCall> {
    const { approvalId, sealedArguments } = approval
    if (!isOpen(approval) || sealedArguments === undefined) {
      this.#known.delete(approvalId)
      return recorded(approval)
    }
    const known = this.#known.get(approvalId)
    const digest = digestOf(approval)
    if (known?.digest === digest) return known.call
    const text = await this.#seal?.open(sealedArguments, digest)
    if (text === undefined) return recorded(approval)
    const call = whole(approval, text)
    if (text.length <= REMEMBERED_UNITS) this.#known.set(approvalId, { digest, call })
    return call
  }

  /** What would run, with its secrets; undefined where it is not at hand. */
  documentOf({ callDigest, edit, sealedArguments }: Sealed): Promise<HeldDocument | undefined> {
    return this.#open(sealedArguments, digestOf({ callDigest, edit }))
  }

  /** The same as the agent sent it. */
  sentDocumentOf({ callDigest, sent, sealedArguments }: Approval): Promise<HeldDocument | undefined> {
    return this.#open(sent === null ? sealedArguments : sent.sealedArguments, callDigest)
  }

  async #open(sealed: string | undefined, digest: string): Promise<HeldDocument | undefined> {
    const text = sealed === undefined ? undefined : await this.#seal?.open(sealed, digest)
    return text === undefined ? undefined : (exactValue(text) as unknown as HeldDocument)
  }
}

/** Of what the record has nobody can tell which parts are cut. */
function recorded(approval: Approval): ShownCall {
  const document = recordedArguments(approval)
  const { parts } = redactWhole(document)
  return { arguments: document.arguments, meta: document._meta ?? null, whole: false, parts, unrecorded: [] }
}

function whole(approval: Approval, text: string): ShownCall {
  const { bound: _, ...seen } = exactValue(text) as unknown as HeldDocument
  const { value, parts } = redactWhole(seen)
  const document = value as unknown as Document
  const known = new Map(redactWhole(recordedArguments(approval)).parts.map((part) => [part.place, part.text]))
  const unrecorded = parts.filter((part) => known.get(part.place) !== part.text).map(({ place }) => place)
  return { arguments: document.arguments, meta: document._meta ?? null, whole: true, parts, unrecorded }
}

/** The arguments as the record has them: masked, with long texts cut. */
export function recordedArguments({ arguments: given, argumentsText, meta }: Approval): Document {
  const exact = argumentsText === undefined ? given : readable(argumentsText)
  return { arguments: exact, ...(meta ? { _meta: readable(meta) } : {}) }
}

function readable(json: string): unknown {
  try {
    return parseExactly(json)
  } catch {
    return json
  }
}
