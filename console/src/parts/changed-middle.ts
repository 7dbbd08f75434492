/** A text in three: what both begin with, what differs, and what both end with. */
export interface Compared {
  readonly start: string
  readonly middle: string
  readonly end: string
}

/** Where two texts differ, so that one changed word of a long description is found. No half of a character is left. */
export function changedMiddle(before: string, after: string): { before: Compared; after: Compared } {
  const [old, now] = [[...before], [...after]]
  const most = Math.min(old.length, now.length)
  let head = 0
  while (head < most && old[head] === now[head]) head += 1
  let tail = 0
  while (tail < most - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1
  return { before: split(old, head, tail), after: split(now, head, tail) }
}

function split(characters: readonly string[], head: number, tail: number): Compared {
  const until = characters.length - tail
  return {
    start: characters.slice(0, head).join(''),
    middle: characters.slice(head, until).join(''),
    end: characters.slice(until).join(''),
  }
}
