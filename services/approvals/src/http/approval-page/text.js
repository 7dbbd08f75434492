/**
 * The agent's words reach the page as text nodes only, never as markup. Characters that hide or reorder text, and blanks
 * that only look like one, are made visible, so that a person approves what they read.
 */
const HIDING = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu

/** Text in which everything is visible. */
export function visible(text) {
  return text.replaceAll(HIDING, codeOf)
}

/** The same as nodes, with a frame around each character that is made visible. */
export function visibleNodes(text) {
  const nodes = []
  let at = 0
  for (const { 0: char, index } of text.matchAll(HIDING)) {
    if (index > at) nodes.push(document.createTextNode(text.slice(at, index)))
    nodes.push(element('span', 'hiding', codeOf(char), { title: `the invisible character ${nameOf(char)}` }))
    at = index + char.length
  }
  if (at < text.length) nodes.push(document.createTextNode(text.slice(at)))
  return nodes
}

export function element(name, className, text = '', attributes = {}) {
  const made = document.createElement(name)
  if (className !== '') made.className = className
  if (text !== '') made.textContent = text
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}

function codeOf(char) {
  return `\\u${char.codePointAt(0).toString(16).padStart(4, '0')}`
}

function nameOf(char) {
  return `U+${char.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}`
}
