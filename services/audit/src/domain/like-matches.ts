/** Whether the whole text matches a pattern in which `*` is any run of characters; linear in both lengths. */
export function likeMatches(pattern: string, text: string): boolean {
  const parts = pattern.split('*')
  const [head = ''] = parts
  if (parts.length === 1) return text === pattern
  const tail = parts.at(-1) ?? ''
  if (!text.startsWith(head) || !text.endsWith(tail) || text.length < head.length + tail.length) return false
  let from = head.length
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, from)
    if (found === -1) return false
    from = found + part.length
  }
  return from <= text.length - tail.length
}
