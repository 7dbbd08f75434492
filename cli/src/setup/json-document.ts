import {
  findNodeAtLocation,
  modify,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser'
import { ConfigAmbiguous, ConfigShapeUnknown, ConfigUnparsable, EditNotExact } from './errors.ts'
import { insertBefore, positionOf, prependItems } from './layout.ts'
import type { Edit, Operation, Path, Value } from './operation.ts'

/** JSON with comments and trailing commas, edited in place: nothing but what an operation names is rewritten. */
export interface JsonDocument {
  readonly value: Value
  edit(operations: readonly Operation[]): readonly Edit[]
  /** The text of a value as it stands. */
  raw(path: Path): string | undefined
  /** Puts back a value's text, or removes a key that was not there before. */
  restore(path: Path, raw: string | undefined): readonly Edit[]
}

export function openJson(text: string): JsonDocument {
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true })
  const [fault] = errors
  if (fault) {
    const { line, column } = positionOf(text, fault.offset)
    throw new ConfigUnparsable(worded(printParseErrorCode(fault.error)), line, column)
  }
  if (root && root.type !== 'object') throw new ConfigShapeUnknown('the file', 'is not an object')
  if (root) refuseDuplicates(text, root)
  return {
    value: root ? dataOf(root) : {},
    edit: (operations) => operations.map((operation) => editOf(text, root, operation)),
    raw(path) {
      const node = root && findNodeAtLocation(root, [...path])
      return node && text.slice(node.offset, node.offset + node.length)
    },
    restore(path, raw) {
      if (raw === undefined) return modify(text, [...path], undefined, {})
      const node = nodeAt(root, path)
      return [{ offset: node.offset, length: node.length, content: raw }]
    },
  }
}

function editOf(text: string, root: Node | undefined, operation: Operation): Edit {
  const { op, path } = operation
  switch (op) {
    case 'set': {
      const node = root && findNodeAtLocation(root, [...path])
      if (node) return { offset: node.offset, length: node.length, content: inline(operation.value) }
      const sibling = propertyAt(root, [...path.slice(0, -1), operation.before])
      const written = `${JSON.stringify(path.at(-1))}: ${inline(operation.value)}`
      return insertBefore(text, sibling.offset, written, ',')
    }
    case 'prepend': {
      const array = nodeAt(root, path)
      return prependItems(text, array.offset, array.children?.[0]?.offset, operation.items.map(inline))
    }
    case 'rename': {
      const key = propertyAt(root, path).children?.[0]
      if (!key) throw new EditNotExact()
      return { offset: key.offset, length: key.length, content: JSON.stringify(operation.key) }
    }
    case 'remove': {
      const [edit, ...others] = modify(text, [...path], undefined, {})
      if (!edit || others.length > 0) throw new EditNotExact()
      return edit
    }
  }
}

function nodeAt(root: Node | undefined, path: Path): Node {
  const node = root && findNodeAtLocation(root, [...path])
  if (!node) throw new EditNotExact()
  return node
}

function propertyAt(root: Node | undefined, path: Path): Node {
  const property = nodeAt(root, path).parent
  if (!property) throw new EditNotExact()
  return property
}

/** `fromEntries` and not assignment: a key called `__proto__` stays a key. */
function dataOf(node: Node): Value {
  if (node.type === 'array') return (node.children ?? []).map(dataOf)
  if (node.type !== 'object') return node.value
  return Object.fromEntries(properties(node).map(([key, value]) => [key.value, dataOf(value)]))
}

function properties(node: Node): (readonly [Node, Node])[] {
  return (node.children ?? []).flatMap(({ children: [key, value] = [] }) =>
    key && value ? [[key, value]] : [],
  )
}

function refuseDuplicates(text: string, node: Node): void {
  if (node.type === 'array') for (const item of node.children ?? []) refuseDuplicates(text, item)
  if (node.type !== 'object') return
  const seen = new Set<string>()
  for (const [key, value] of properties(node)) {
    if (seen.has(key.value)) {
      const { line, column } = positionOf(text, key.offset)
      throw new ConfigAmbiguous(key.value, line, column)
    }
    seen.add(key.value)
    refuseDuplicates(text, value)
  }
}

function inline(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{ ${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}: ${inline(inner)}`)
    .join(', ')} }`
}

/** `CloseBraceExpected` → `close brace expected`. */
function worded(code: string): string {
  return code.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()
}
