import { matches, parsePattern } from '../pattern.ts'
import type { ChosenText } from './chosen-text.ts'

/** Names that begin alike. Without `chosen` there is one: the beginning itself. */
export interface NameShape {
  readonly beginning: string
  readonly chosen?: ChosenText
}

/** Whether a pattern can match a name of this shape: some cut of it fits the beginning, and the rest what is chosen. */
export function canFit(source: string, { beginning, chosen }: NameShape): boolean {
  if (chosen === undefined) return matches(parsePattern(source), beginning)
  if (!source.includes('*'))
    return source.startsWith(beginning) && chosen.whole(source.slice(beginning.length))
  for (let cut = 0; cut <= source.length; cut++) {
    // A `*` at the cut stands for text on both sides.
    const left = source.slice(0, source[cut] === '*' ? cut + 1 : cut)
    if (matches(parsePattern(left), beginning) && canBeChosen(source.slice(cut), chosen)) return true
  }
  return false
}

function canBeChosen(pattern: string, chosen: ChosenText): boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return chosen.whole(first)
  return chosen.begins(first) && chosen.ends(last) && rest.every((piece) => chosen.within(piece))
}
