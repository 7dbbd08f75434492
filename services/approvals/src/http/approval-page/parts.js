import { element, visibleNodes } from './text.js'

/** So much of a text is one piece: what a telephone shows at once. */
const PIECE_CHARACTERS = 400
const PIECE_LINES = 10
/** So many parts are shown at first. More have a button. */
const AT_ONCE = 1000

/**
 * Shows the leaves of a call's arguments. `seen` is told of each piece; `reveal` is called with the place of a part
 * whose secrets somebody wants to see, and gives its text.
 */
export function showParts(container, parts, seen, reveal) {
  seen.clear()
  container.replaceChildren()
  showFrom(0, { container, parts, seen, reveal })
}

function showFrom(start, shown) {
  const { container, parts, seen } = shown
  const end = Math.min(parts.length, start + AT_ONCE)
  for (let at = start; at < end; at++) container.append(partRow(parts[at], shown))
  if (end === parts.length) return
  for (const { place } of parts.slice(end)) seen.expect(place, [])
  const more = element('button', 'more', `Show ${parts.length - end} more parts`, { type: 'button' })
  more.addEventListener('click', () => {
    more.remove()
    showFrom(end, shown)
  })
  container.append(more)
}

function partRow(part, shown) {
  const row = element('div', 'part')
  fillRow(row, part, shown)
  return row
}

function fillRow(row, part, shown) {
  const isBlock = part.kind === 'string' && part.text.includes('\n')
  const label = element('span', 'key')
  label.append(...visibleNodes(labelOf(part.place)), document.createTextNode(isBlock ? ':' : ': '))
  const value = element(isBlock ? 'pre' : 'span', `value ${part.kind}${part.revealed ? ' revealed' : ''}`)
  const pieces = piecesOf(part, isBlock, (place) => void revealIn(row, place, shown))
  const isQuoted = part.kind === 'string' && !isBlock
  if (isQuoted) value.append('"')
  value.append(...pieces)
  if (isQuoted) value.append('"')
  row.replaceChildren(label, value)
  if (isBlock) row.append(element('span', 'lines', `${part.text.split('\n').length} lines`))
  shown.seen.expect(part.place, pieces)
}

async function revealIn(row, place, shown) {
  const part = await shown.reveal(place)
  if (part !== undefined) fillRow(row, { ...part, revealed: true }, shown)
}

/** `/arguments/files/0/path` is "files" › 0 › "path". */
function labelOf(place) {
  const [, first = '', ...rest] = place
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const keys = first === 'arguments' ? rest : [first, ...rest]
  if (keys.length === 0) return 'all'
  return keys.map((key) => (/^\d+$/.test(key) ? key : JSON.stringify(key))).join(' \u203a ')
}

function piecesOf({ place, text, masks, kind }, isBlock, onReveal) {
  const pieces = []
  let at = 0
  const plain = (end) => {
    for (const piece of cutUp(text.slice(at, end))) {
      const shown = kind === 'string' && !isBlock ? JSON.stringify(piece).slice(1, -1) : piece
      const span = element('span', 'piece')
      // What JSON escapes is as visible as this page makes it.
      span.append(...visibleNodes(kind === 'string' && !isBlock ? unescaped(shown) : shown))
      pieces.push(span)
    }
  }
  for (const { start, end } of masks) {
    plain(start)
    const mask = element('button', 'mask', text.slice(start, end), {
      type: 'button',
      title: 'Shows the secret. Who had it shown is recorded.',
    })
    mask.addEventListener('click', () => onReveal(place))
    pieces.push(mask)
    at = end
  }
  plain(text.length)
  if (pieces.length === 0) pieces.push(element('span', 'piece empty'))
  return pieces
}

/** Only quotes and backslashes stay escaped: control characters get the frame of all that cannot be seen. */
function unescaped(json) {
  return json.replaceAll(/\\(?:u([0-9a-f]{4})|([bfnrt])|(["\\]))/g, (all, code, short) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16))
    return short === undefined ? all : { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }[short]
  })
}

function cutUp(text) {
  const pieces = []
  for (let at = 0; at < text.length; ) {
    let end = Math.min(text.length, at + PIECE_CHARACTERS)
    const lines = text.slice(at, end).split('\n', PIECE_LINES + 1)
    if (lines.length > PIECE_LINES) end = at + lines.slice(0, PIECE_LINES).join('\n').length + 1
    // Not in the middle of a character.
    const unit = text.charCodeAt(end - 1)
    if (end < text.length && unit >= 0xd800 && unit <= 0xdbff) end += 1
    pieces.push(text.slice(at, end))
    at = end
  }
  return pieces
}
