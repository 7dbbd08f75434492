import { readdirSync, readFileSync } from 'node:fs'

/** Resident memory in MiB of a process and, apart, of all its descendants (Linux: /proc). */
export function residentMemory(pid: number): { readonly own: number; readonly children: number } {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const parent = statusField(Number(name), 'PPid')
    if (parent !== undefined) parents.set(Number(name), parent)
  }
  const descends = (child: number): boolean => {
    const parent = parents.get(child)
    return parent === pid || (parent !== undefined && parent > 1 && descends(parent))
  }
  const children = [...parents.keys()].filter(descends).reduce((sum, child) => sum + rss(child), 0)
  return { own: rss(pid), children }
}

function rss(pid: number): number {
  return (statusField(pid, 'VmRSS') ?? 0) / 1024
}

function statusField(pid: number, field: string): number | undefined {
  try {
    const match = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return match ? Number(match[1]) : undefined
  } catch {
    return undefined
  }
}
