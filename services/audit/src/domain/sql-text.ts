/** A text as a literal of ClickHouse's SQL. */
export function sqlText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

export function sqlTexts(texts: Iterable<string>): string {
  return [...texts].map(sqlText).join(', ')
}

/** A name as ClickHouse's SQL quotes it. */
export function sqlName(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``
}
