import { printable } from '../output.ts'

/**
 * Characters that a person does not see and a model reads: selectors, fillers, blanks, characters without a meaning.
 */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Variation_Selector}\p{Co}\p{Cn}\u{2800}]|[^\P{Zs} ]/gu

/** For text by which an upstream could deceive whoever compares it: everything that does not show is spelled out. */
export function visible(text: string): string {
  return printable(text.replaceAll(UNSEEN, spelled))
}

function spelled(character: string): string {
  const point = character.codePointAt(0) ?? 0
  const digits = point.toString(16).padStart(4, '0')
  return point > 0xffff ? `\\u{${digits}}` : `\\u${digits}`
}
