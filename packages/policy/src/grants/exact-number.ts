/** A number of JSON as sign, digits without zeros at either end, and the power of ten of its first digit. */
interface Decimal {
  readonly sign: -1 | 0 | 1
  readonly digits: string
  readonly magnitude: number
}

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d{1,9}))?$/

/**
 * Less than 0, 0, or more than 0, as the number of JSON in the text `a` is less than, equal to or more than that in `b`.
 * Nothing is rounded, and it takes as long as the texts are long. Undefined where one of them is none, or has an exponent of
 * more than nine digits.
 */
export function compareNumbers(a: string, b: string): number | undefined {
  const [one, other] = [decimalOf(a), decimalOf(b)]
  if (one === undefined || other === undefined) return undefined
  if (one.sign !== other.sign) return one.sign - other.sign
  return one.sign * compareSizes(one, other)
}

function decimalOf(text: string): Decimal | undefined {
  const [, minus, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? []
  if (minus === undefined) return undefined
  const all = whole + fraction
  const leading = all.length - all.replace(/^0+/, '').length
  const digits = all.slice(leading).replace(/0+$/, '')
  if (digits === '') return { sign: 0, digits, magnitude: 0 }
  const magnitude = Number(exponent) + whole.length - leading
  return { sign: minus === '-' ? -1 : 1, digits, magnitude }
}

function compareSizes(a: Decimal, b: Decimal): number {
  if (a.magnitude !== b.magnitude) return a.magnitude - b.magnitude
  if (a.digits === b.digits) return 0
  return a.digits < b.digits ? -1 : 1
}
