/**
 * Whether every text in a JSON value is Unicode. Half a surrogate pair passes through JSON as `\ud800` and has no
 * canonical form, no UTF-8 and no place in a database: it is refused where it comes in. Without recursion.
 */
export function isWellFormed(value: unknown): boolean {
  const left: unknown[] = [value]
  while (left.length > 0) {
    const one = left.pop()
    if (typeof one === 'string' && !one.isWellFormed()) return false
    if (typeof one !== 'object' || one === null) continue
    for (const [key, member] of Object.entries(one)) left.push(key, member)
  }
  return true
}
