import { type AST, getStaticTOMLValue, ParseError, parseTOML } from 'toml-eslint-parser'
import { ConfigUnparsable, EditNotExact } from './errors.ts'
import { insertBefore, prependItems } from './layout.ts'
import { type Edit, isTable, type Operation, type Path, type Value } from './operation.ts'

/** TOML edited in place. A table may be written in several places and forms; each key is edited where it stands. */
export interface TomlDocument {
  readonly value: Value
  edit(operations: readonly Operation[]): readonly Edit[]
}

interface Assignment {
  readonly node: AST.TOMLKeyValue
  /** The inline table that it is in. */
  readonly inline: AST.TOMLInlineTable | null
}

export function openToml(text: string): TomlDocument {
  const program = parsed(text)
  const assignments = new Map(assignmentsIn(program.body[0].body, [], null))
  const find = (path: Path): Assignment => {
    const found = assignments.get(keyOf(path))
    if (!found) throw new EditNotExact()
    return found
  }

  function editOf(operation: Operation): Edit {
    const { op, path } = operation
    switch (op) {
      case 'set': {
        const existing = assignments.get(keyOf(path))
        if (existing) return replace(existing.node.value, written(operation.value))
        const { node, inline } = find([...path.slice(0, -1), operation.before])
        const last = node.key.keys.at(-1)
        if (!last) throw new EditNotExact()
        const dotted = text.slice(node.key.range[0], last.range[0])
        const line = `${dotted}${path.at(-1)} = ${written(operation.value)}`
        return insertBefore(text, node.range[0], line, inline ? ',' : '')
      }
      case 'prepend': {
        const { value } = find(path).node
        if (value.type !== 'TOMLArray') throw new EditNotExact()
        return prependItems(text, value.range[0], value.elements[0]?.range[0], operation.items.map(written))
      }
      case 'remove': {
        const { node, inline } = find(path)
        if (inline?.body.length === 1) return replace(inline, '{}')
        if (inline) throw new EditNotExact()
        return { ...wholeLines(text, node.range), content: '' }
      }
      case 'rename':
        throw new EditNotExact()
    }
  }

  return { value: getStaticTOMLValue(program) as Value, edit: (operations) => operations.map(editOf) }
}

function parsed(text: string): AST.TOMLProgram {
  try {
    return parseTOML(text, { tomlVersion: '1.0' })
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause
    throw new ConfigUnparsable(cause.message.toLowerCase(), cause.lineNumber, cause.column + 1)
  }
}

function* assignmentsIn(
  nodes: readonly (AST.TOMLKeyValue | AST.TOMLTable)[],
  above: Path,
  inline: AST.TOMLInlineTable | null,
): Generator<[string, Assignment]> {
  for (const node of nodes) {
    if (node.type === 'TOMLTable') {
      yield* assignmentsIn(node.body, node.resolvedKey.map(String), null)
      continue
    }
    const path = [...above, ...node.key.keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value))]
    yield [keyOf(path), { node, inline }]
    if (node.value.type === 'TOMLInlineTable') yield* assignmentsIn(node.value.body, path, node.value)
  }
}

function keyOf(path: Path): string {
  return JSON.stringify(path)
}

function replace({ range: [start, end] }: { readonly range: AST.Range }, content: string): Edit {
  return { offset: start, length: end - start, content }
}

/** The lines from the first that the range touches to the last, with a comment that follows. */
function wholeLines(text: string, [start, end]: AST.Range): { offset: number; length: number } {
  const offset = text.lastIndexOf('\n', start - 1) + 1
  const newline = text.indexOf('\n', end)
  return { offset, length: (newline < 0 ? text.length : newline + 1) - offset }
}

function assigned([key, value]: [string, Value]): string {
  return `${BARE_KEY.test(key) ? key : written(key)} = ${written(value)}`
}

const BARE_KEY = /^[A-Za-z0-9_-]+$/

/** A JSON string is a TOML basic string, but for DEL, which TOML wants escaped. */
function written(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`
  if (isTable(value)) return `{ ${Object.entries(value).map(assigned).join(', ')} }`
  return JSON.stringify(value).replaceAll('\u007f', '\\u007f')
}
