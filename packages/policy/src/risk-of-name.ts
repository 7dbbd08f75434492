import type { Risk } from './words.ts'

const HIGH = ['delete', 'remove', 'drop', 'execute', 'run', 'deploy', 'shell']
const MEDIUM = ['create', 'write', 'send', 'update', 'post']
const LOW = ['read', 'get', 'list', 'search', 'fetch']

/** The highest class with a word in the name wins: `get_and_delete` is high. */
export function riskOfName(name: string): Risk {
  const folded = name.normalize('NFKC').toLowerCase()
  const has = (word: string) => folded.includes(word)
  if (HIGH.some(has)) return 'high'
  if (MEDIUM.some(has)) return 'medium'
  return LOW.some(has) ? 'low' : 'medium'
}

/** A name as it was before it was percent-encoded; as it stands where that cannot be told. */
export function decodedName(name: string): string {
  if (!name.includes('%')) return name
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
