import { sameDigest, tokenHash } from '@sallyport/runtime'

interface Holder {
  readonly name: string
  readonly tokenHash: string
  readonly revokedAt: string | null
}

/** Finds the holder of a token by the token's hash. Kept beside the state, so that a lookup costs one hash. */
export class TokenIndex<T extends Holder> {
  readonly #byHash = new Map<string, T>()
  readonly #hashOf = new Map<string, string>()

  /** Call it with a holder whenever it changed. */
  update(holder: T): void {
    const before = this.#hashOf.get(holder.name)
    if (before !== undefined) this.#byHash.delete(before)
    this.#hashOf.delete(holder.name)
    if (holder.revokedAt !== null) return
    this.#byHash.set(holder.tokenHash, holder)
    this.#hashOf.set(holder.name, holder.tokenHash)
  }

  /** Call it with one that is not known any more. */
  forget({ name }: T): void {
    const hash = this.#hashOf.get(name)
    if (hash !== undefined) this.#byHash.delete(hash)
    this.#hashOf.delete(name)
  }

  find(token: string): T | undefined {
    const hash = tokenHash(token)
    const holder = this.#byHash.get(hash)
    return holder && sameDigest(holder.tokenHash, hash) ? holder : undefined
  }
}
