/** Plain data as JSON and TOML have it. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value }
export type Path = readonly string[]

/**
 * One change of a configuration, the same for every format. `set` replaces a value, or adds a missing key before its
 * sibling `before`; `prepend` puts items in front of an array's; `remove` takes out a key.
 */
export type Operation =
  | { readonly op: 'set'; readonly path: Path; readonly value: Value; readonly before: string }
  | { readonly op: 'prepend'; readonly path: Path; readonly items: readonly Value[] }
  | { readonly op: 'rename'; readonly path: Path; readonly key: string }
  | { readonly op: 'remove'; readonly path: Path }

/** Replaces `length` characters from `offset`. */
export interface Edit {
  readonly offset: number
  readonly length: number
  readonly content: string
}

/** Edits refer to the text as it was and do not overlap; an insertion goes before a replacement at its place. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const inOrder = [...edits].sort((a, b) => a.offset - b.offset || a.length - b.length)
  let result = ''
  let at = 0
  for (const edit of inOrder) {
    result += text.slice(at, edit.offset) + edit.content
    at = edit.offset + edit.length
  }
  return result + text.slice(at)
}

export function isTable(value: unknown): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

export function valueAt(value: unknown, path: Path): Value | undefined {
  let here: unknown = value
  for (const key of path) here = isTable(here) && Object.hasOwn(here, key) ? here[key] : undefined
  return here as Value | undefined
}

/** The data after the operations. The edited text must have the same data. */
export function operate(value: Value, operations: readonly Operation[]): Value {
  return operations.reduce<Value>((data, operation) => changed(data, operation.path, operation), value)
}

function changed(value: Value | undefined, path: Path, operation: Operation): Value {
  const [key, ...rest] = path
  if (key === undefined) throw new TypeError('an operation has a path')
  const entries = isTable(value) ? Object.entries(value) : []
  if (rest.length > 0) return replaced(entries, key, (inner) => changed(inner, rest, operation))
  switch (operation.op) {
    case 'set':
      return replaced(entries, key, () => operation.value)
    case 'prepend':
      return replaced(entries, key, (items) => [...operation.items, ...(Array.isArray(items) ? items : [])])
    case 'rename':
      return Object.fromEntries(entries.map(([name, inner]) => [name === key ? operation.key : name, inner]))
    case 'remove':
      return Object.fromEntries(entries.filter(([name]) => name !== key))
  }
}

function replaced(entries: [string, Value][], key: string, to: (value: Value | undefined) => Value): Value {
  const at = entries.findIndex(([name]) => name === key)
  if (at < 0) return Object.fromEntries([...entries, [key, to(undefined)]])
  return Object.fromEntries(entries.map(([name, value], place) => [name, place === at ? to(value) : value]))
}
