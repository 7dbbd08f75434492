/** Header fields in the order in which they came: name, value. */
export type Field = readonly [name: string, value: string]

/** From Node's `rawHeaders`, names in small letters. */
export function fieldsOf(raw: readonly string[]): Field[] {
  const fields: Field[] = []
  for (let at = 0; at + 1 < raw.length; at += 2)
    fields.push([(raw[at] ?? '').toLowerCase(), (raw[at + 1] ?? '').trim()])
  return fields
}

/** All values of a name as one, as RFC 9110, section 5.3, joins them; undefined where it does not stand. */
export function fieldValue(fields: readonly Field[], name: string): string | undefined {
  const values = fields.filter(([one]) => one === name).map(([, value]) => value)
  return values.length === 0 ? undefined : values.join(', ')
}

/** Servers that hand fields on as variables (CGI) read `_`, `-` and, some of them, every other mark alike. */
export function plainName(name: string): string {
  return name.replaceAll(/[^a-z0-9]/g, '-')
}
