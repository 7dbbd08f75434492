import { visible } from './text.js'

/** One change as a line of a list: where, what the agent sent, and what is there now. */
export function changeLine({ place, from, to }) {
  const line = document.createElement('li')
  const where = document.createElement('code')
  where.textContent = visible(place === '' ? 'all of it' : place)
  line.append(where, ' ')
  if (from !== null) line.append(text('del', from), ' ')
  line.append(to === null ? 'is removed' : text('ins', to))
  return line
}

function text(kind, said) {
  const element = document.createElement(kind)
  element.textContent = visible(said)
  return element
}
