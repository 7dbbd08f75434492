import { readdirSync, readFileSync } from 'node:fs'

/** The unit that the kernel counts in; 100 a second wherever Node runs. */
const TICKS_PER_SECOND = 100

/** Processor time so far, in seconds, of a process with all its threads and, unless told otherwise, of its living descendants (Linux: /proc). */
export function processorTime(pid: number, { descendants = true } = {}): number {
  if (!descendants) return statOf(pid)?.seconds ?? 0
  const children = new Map<number, number[]>()
  const own = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    const process = /^\d+$/.test(name) ? statOf(Number(name)) : undefined
    if (!process) continue
    own.set(Number(name), process.seconds)
    children.set(process.parent, [...(children.get(process.parent) ?? []), Number(name)])
  }
  const total = (one: number): number =>
    (own.get(one) ?? 0) + (children.get(one) ?? []).reduce((sum, child) => sum + total(child), 0)
  return total(pid)
}

function statOf(pid: number): { readonly parent: number; readonly seconds: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program stands in parentheses and may hold anything; the rest are numbers (proc(5)).
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return {
      parent: Number(fields[1]),
      seconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    }
  } catch {
    return undefined
  }
}
