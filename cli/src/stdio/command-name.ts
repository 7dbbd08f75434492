import { sha256Hex } from '@sallyport/runtime'
import { isTelling, looksSecret } from '../setup/credentials.ts'
import { sallyportName } from '../setup/names.ts'

/** Programs that run another one, which is what people know the server by. */
const RUNNERS =
  /^(npx|bunx|uvx|pnpx|pipx|npm|pnpm|yarn|bun|uv|deno|node|tsx|python[\d.]*|docker|podman|cmd)(\.exe|\.cmd)?$/i
const SUBCOMMANDS = new Set(['run', 'dlx', 'exec', 'x', 'tool', '/c'])

/** `npx -y @modelcontextprotocol/server-filesystem DIR` → `server-filesystem`. */
export function nameOfCommand(command: readonly string[]): string {
  const words = command.map(baseName)
  const told = words.find((word, at) => {
    const raw = command[at] ?? ''
    return !raw.startsWith('-') && !SUBCOMMANDS.has(raw) && !(RUNNERS.test(word) && at < 2)
  })
  return sallyportName(told ?? words[0] ?? 'server')
}

function baseName(word: string): string {
  const last = word.split(/[\\/]/).filter(Boolean).at(-1) ?? word
  const plain = last.replace(/(?<=.)@[^@]*$/, '').replace(/\.(js|mjs|cjs|ts|py|exe|cmd)$/i, '')
  // `server-files/dist/index.js`: the file's own name says nothing.
  if (!/^(index|main|server|cli|dist|build|src)$/i.test(plain)) return plain
  const folders = word.split(/[\\/]/).filter(Boolean).slice(0, -1)
  const telling = folders.findLast((folder) => !/^(dist|build|src|lib|bin|out|\.{1,2})$/i.test(folder))
  return telling ?? plain
}

const HIDDEN = '[hidden]'

/**
 * The command as it may be registered: no credential in an argument gets into the record. A text that looks like a key
 * leaves a digest, so that two commands with different keys stay two. A password leaves none, because it could be
 * guessed from its digest.
 */
export function tellableCommand(command: readonly string[]): string[] {
  return command.map((word, at) => {
    const before = command[at - 1] ?? ''
    if (/^--?\w/.test(before) && !before.includes('=') && tells(before)) return HIDDEN
    const assigned = /^(--?[\w-]+|\w+)=(.*)$/s.exec(word)
    if (assigned && tells(assigned[1] ?? '')) return `${assigned[1]}=${HIDDEN}`
    if (/:\/\/[^/]*:[^/]*@/.test(word)) return HIDDEN
    return word.replace(/[^\s/?&=:@,;]+/g, (part) =>
      looksSecret(part) ? `[hidden ${sha256Hex(part).slice(0, 8)}]` : part,
    )
  })
}

const tells = (name: string) => isTelling(name) || /^(-H|--header)$/.test(name)
