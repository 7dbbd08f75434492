/** A Markdown table with its columns aligned. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

export const ms = (value: number) => value.toFixed(2)
export const count = (value: number) => Math.round(value).toLocaleString('en-US')
export const ratio = (value: number) => `${(value * 100).toFixed(0)}%`
