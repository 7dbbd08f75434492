import stringWidth from 'string-width'

const ASCII = /^[\x20-\x7e]*$/
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** One line of printable text as lines of at most so many columns. Wide characters count twice. Never empty. */
export function wrap(text: string, columns: number): string[] {
  const width = Math.max(1, columns)
  if (ASCII.test(text)) return wrapAscii(text, width)
  const lines: string[] = []
  let line = ''
  let used = 0
  for (const { segment } of graphemes.segment(text)) {
    const wide = stringWidth(segment)
    if (used + wide > width && line !== '') {
      lines.push(line)
      line = ''
      used = 0
    }
    line += segment
    used += wide
  }
  lines.push(line)
  return lines
}

/** The beginning of a text that fits into so many columns. */
export function fit(text: string, columns: number): string {
  return wrap(text, columns)[0] ?? ''
}

function wrapAscii(text: string, width: number): string[] {
  if (text.length <= width) return [text]
  const lines: string[] = []
  for (let at = 0; at < text.length; at += width) lines.push(text.slice(at, at + width))
  return lines
}
