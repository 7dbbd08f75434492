import { printable } from '../output.ts'

/** A leaf of a held call's arguments, as the API gives it. */
export interface ShownPart {
  readonly place: string
  readonly kind: string
  readonly text: string
}

export interface ShownArguments {
  readonly arguments: unknown
  readonly meta?: unknown
  /** Whether nothing of them is cut. */
  readonly whole?: boolean
  /** Missing for whoever may not answer. */
  readonly parts?: readonly ShownPart[]
}

/** The arguments for a terminal: a text of several lines as text, everything that hides made visible. */
export function argumentsText({ parts, whole, arguments: given, meta }: ShownArguments): string {
  if (parts === undefined) {
    const lines = [`arguments    ${printable(JSON.stringify(given))}`]
    if (meta !== undefined) lines.push(`_meta        ${printable(JSON.stringify(meta))}`)
    return lines.join('\n')
  }
  const title = whole === true ? 'arguments, all of them:' : 'arguments as recorded, long ones are cut:'
  return [title, ...parts.map(partText)].join('\n')
}

/** Numbers, true, null and empty ones stand as they are; a text of one line is quoted as in JSON. */
export function partText({ place, kind, text }: ShownPart): string {
  const label = printable(place)
  if (kind !== 'string') return `  ${label}  ${printable(text)}`
  if (!text.includes('\n')) return `  ${label}  ${printable(JSON.stringify(text))}`
  return [`  ${label}`, ...text.split('\n').map((line) => `    | ${printable(line)}`)].join('\n')
}
