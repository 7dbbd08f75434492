import { escapePointerKey } from '@sallyport/runtime'

/** A text in a value, and the key that it stands under. */
export interface Leaf {
  /** JSON pointer (RFC 6901) of the text; that of its object, for a key. */
  readonly path: string
  readonly text: string
  readonly key: string | null
}

const DEEPEST = 512

/** Every text and number of a JSON value, keys included, in order. `unread`: paths of what is deeper than 512 levels. */
export function leavesOf(value: unknown): {
  readonly leaves: readonly Leaf[]
  readonly unread: readonly string[]
} {
  const leaves: Leaf[] = []
  const unread: string[] = []
  walk(value, '', null, 0, { leaves, unread })
  return { leaves, unread }
}

interface Found {
  readonly leaves: Leaf[]
  readonly unread: string[]
}

function walk(value: unknown, path: string, key: string | null, depth: number, found: Found): void {
  const { leaves, unread } = found
  if (depth > DEEPEST) {
    unread.push(path)
  } else if (typeof value === 'string') {
    leaves.push({ path, text: value, key })
  } else if (Array.isArray(value)) {
    value.forEach((entry, at) => {
      walk(entry, `${path}/${at}`, key, depth + 1, found)
    })
  } else if (value !== null && typeof value === 'object') {
    for (const [name, entry] of Object.entries(value)) {
      leaves.push({ path, text: name, key: null })
      walk(entry, `${path}/${escapePointerKey(name)}`, name, depth + 1, found)
    }
  } else if (typeof value === 'number') {
    leaves.push({ path, text: String(value), key })
  }
}
