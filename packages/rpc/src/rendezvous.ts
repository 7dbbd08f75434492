/**
 * Candidates in the order of their rendezvous score for a key: every caller ranks alike, and losing one moves
 * only the keys it had. Scores are 32 bits of FNV-1a of the name and the key, finished as in MurmurHash3.
 */
export function rank<T extends { readonly name: string }>(key: string, candidates: readonly T[]): T[] {
  const hash = fnv1a(key)
  return candidates
    .map((candidate) => ({ candidate, score: mix(hash ^ fnv1a(candidate.name)) }))
    .sort((a, b) => b.score - a.score || (a.candidate.name < b.candidate.name ? -1 : 1))
    .map(({ candidate }) => candidate)
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

function mix(value: number): number {
  let hash = value
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
