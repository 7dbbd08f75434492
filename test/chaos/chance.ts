import { createHash } from 'node:crypto'

/** A number in [0, 1) that depends on nothing but the text. */
export function chanceOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32
}

/** In an order that depends on nothing but the seed. */
export function shuffled<T>(items: readonly T[], seed: string): T[] {
  return items
    .map((item, nth) => ({ item, place: chanceOf(`${seed}/${nth}`) }))
    .sort((left, right) => left.place - right.place)
    .map(({ item }) => item)
}
