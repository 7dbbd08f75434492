/** What a caller chooses in a name. A pattern has pieces of it between its `*`. */
export interface ChosenText {
  whole(text: string): boolean
  begins(text: string): boolean
  within(text: string): boolean
  ends(text: string): boolean
}

const NEXT = '%[89AB][0-9A-F]'
/** What `percentEncode` makes of one character: itself where it is plain, else the bytes of its UTF-8 form. */
const UNIT = [
  '[A-Za-z0-9_.-]',
  '%(?:[01][0-9A-F]|2[0-9A-CF]|3[A-F]|40|5[B-E]|60|7[B-F])',
  `%(?:C[2-9A-F]|D[0-9A-F])${NEXT}`,
  `%(?:E0%[AB][0-9A-F]|E[1-9A-F]${NEXT})${NEXT}`,
  `%(?:F0%[9AB][0-9A-F]|F4%8[0-9A-F]|F[1-3]${NEXT})${NEXT}${NEXT}`,
].join('|')
/** The end of a character that begins in what the `*` stands for, and the beginning of one that ends there. */
const BROKEN_BEGIN = `(?:${NEXT}){0,3}`
const BROKEN_END = `(?:%[C-F][0-9A-F](?:${NEXT}){0,2})?%?`

/** A name or URI of the upstream's, as names of actions have it. */
export const ENCODED_TEXT = textOf({
  whole: `(?:${UNIT})+`,
  begins: `(?:${UNIT})*${BROKEN_END}`,
  within: `${BROKEN_BEGIN}(?:${UNIT})*${BROKEN_END}`,
  ends: `${BROKEN_BEGIN}(?:${UNIT})*`,
})

/** The same but for texts that begin so, and whole ones that match: names with them lie elsewhere. */
export function textWithout(text: ChosenText, beginnings: RegExp, wholes: RegExp): ChosenText {
  return {
    ...text,
    whole: (one) => text.whole(one) && !beginnings.test(one) && !wholes.test(one),
    begins: (one) => text.begins(one) && !beginnings.test(one),
  }
}

/** The same and texts that are like this as a whole. */
export function textOr(text: ChosenText, wholes: RegExp): ChosenText {
  return { ...text, whole: (one) => text.whole(one) || wholes.test(one) }
}

function textOf(sources: Readonly<Record<keyof ChosenText, string>>): ChosenText {
  const tester = (source: string) => {
    const expression = new RegExp(`^(?:${source})$`)
    return (text: string) => expression.test(text)
  }
  const { whole, begins, within, ends } = sources
  return { whole: tester(whole), begins: tester(begins), within: tester(within), ends: tester(ends) }
}
