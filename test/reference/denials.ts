import { DenialShape } from '@sallyport/proxy'

interface Schema {
  readonly type?: string
  readonly const?: unknown
  readonly description?: string
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
}

const SHAPE: Schema = DenialShape

/** The JSON Schema of what agents are told of a denial. */
export function denialSchema(): string {
  const dialect = { $schema: 'https://json-schema.org/draft/2020-12/schema' }
  return `${JSON.stringify({ ...dialect, ...DenialShape }, null, 2)}\n`
}

export function denialsPage(): string {
  return `# What a denial says

The one shape of everything that an agent is told of an action that was not carried out; [denials](../denials.md) says
where it stands and what to make of it. The JSON Schema is \`proto/denial.json\`. Members may be added; those that are here
keep their meaning.

| member | type | what |
|---|---|---|
${rowsOf(SHAPE).join('\n')}

Generated from \`services/proxy/src/domain/denial-shape.ts\` by \`npm run docs\`; a test compares.
`
}

function rowsOf({ properties = {} }: Schema, prefix = ''): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = prefix + name
    const row = `| \`${path}\` | ${typeOf(schema)} | ${schema.description ?? ''} |`
    if (schema.type === 'object') return [row, ...rowsOf(schema, `${path}.`)]
    return schema.type === 'array' ? [row, ...rowsOf(schema.items ?? {}, `${path}[].`)] : [row]
  })
}

function typeOf({ type, anyOf, items, const: word }: Schema): string {
  if (anyOf !== undefined) return anyOf.map(typeOf).join(', ')
  if (word !== undefined) return `\`${String(word)}\``
  return type === 'array' ? `list of ${typeOf(items ?? {})}` : (type ?? 'anything')
}
