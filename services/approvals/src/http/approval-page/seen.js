/**
 * Keeps count of what was on the screen. A part is seen when each piece of it has been there, whole or as much as the
 * window holds.
 */
export class Seen {
  #left = new Map()
  #pieces = new WeakMap()
  #onChange
  #observer = new IntersectionObserver((entries) => this.#took(entries), { threshold: [0, 0.5, 0.95, 1] })

  constructor(onChange) {
    this.#onChange = onChange
  }

  /** Forgets everything, for another call. */
  clear() {
    this.#observer.disconnect()
    this.#left.clear()
  }

  /** `pieces`: the elements that show the part; none where it is not shown yet. */
  expect(place, pieces) {
    this.#left.set(place, new Set(pieces.length > 0 ? pieces : [place]))
    for (const piece of pieces) {
      this.#pieces.set(piece, place)
      this.#observer.observe(piece)
    }
  }

  /** The places of the parts that were not on the screen yet, in their order. */
  unseen() {
    return [...this.#left.keys()]
  }

  /** The first element that was not seen. */
  first() {
    for (const pieces of this.#left.values())
      for (const piece of pieces) if (piece instanceof Element) return piece
    return undefined
  }

  #took(entries) {
    let changed = false
    for (const { target, isIntersecting, intersectionRatio, intersectionRect, rootBounds } of entries) {
      const fills = rootBounds !== null && intersectionRect.height >= rootBounds.height * 0.9
      if (!isIntersecting || (intersectionRatio < 0.95 && !fills)) continue
      this.#observer.unobserve(target)
      const place = this.#pieces.get(target)
      const left = this.#left.get(place)
      if (left === undefined || !left.delete(target)) continue
      if (left.size === 0) this.#left.delete(place)
      changed = true
    }
    if (changed) this.#onChange()
  }
}
