/** That something changed nothing, and why; empty where it did what it says, or where nobody knows. */
export function resultText(effect: string | null, rejection: string | null): string {
  if (effect === 'rejected') return `: rejected, ${rejection}`
  return effect === 'repeated' ? ': done before' : ''
}
