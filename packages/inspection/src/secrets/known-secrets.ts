import type { Secrets } from '../finding.ts'
import { after, type Finder } from './finder.ts'
import { SECRET_KINDS } from './kinds/index.ts'
import { isLikely } from './plausible.ts'
import type { SecretKind } from './secret-kind.ts'

/** How far behind its keyword a secret is looked for, in UTF-16 units. */
const REACH = 80
const RUN = /[A-Za-z0-9_-]+/y

/** The secrets that are known by how their issuer writes them. */
export const KNOWN_SECRETS: readonly Finder[] = SECRET_KINDS.map((kind) => ({
  keywords: kind.keywords,
  find: (text, start, end) => FINDERS[kind.where](text, kind, start, end),
}))

type Find = (text: string, kind: SecretKind, start: number, end: number) => Secrets | undefined

const FINDERS: Readonly<Record<SecretKind['where'], Find>> = {
  at(text, kind, start) {
    kind.pattern.lastIndex = start
    if (!kind.pattern.test(text)) return undefined
    // The rest of a longer run belongs to it: whatever is glued on hides nothing.
    return found(text, kind, start, after(RUN, text, kind.pattern.lastIndex))
  },

  around(text, kind, start) {
    kind.pattern.lastIndex = start
    const before = kind.pattern.exec(text)?.[1]
    if (before === undefined) return undefined
    return found(text, kind, start - before.length, after(RUN, text, kind.pattern.lastIndex))
  },

  after(text, kind, start, end) {
    if (isInsideWord(text, start, end)) return undefined
    const { pattern, longest } = kind
    const window = text.slice(end, end + REACH + longest + 1)
    pattern.lastIndex = 0
    const match = pattern.exec(window)
    if (match === null || match.index > REACH) return undefined
    return found(text, kind, end + match.index, end + match.index + match[0].length)
  },
}

function found(text: string, { kind, severity }: SecretKind, start: number, end: number): Secrets {
  const isDoubtful = !isLikely(text.slice(start, end))
  return { spans: [{ start, end, kind, severity: isDoubtful ? 'low' : severity }], end }
}

/** `okta` in `rookTable`: the word does not begin there, not even in camelCase. A short one ends there as well. */
function isInsideWord(text: string, start: number, end: number): boolean {
  if (LOWER.test(text.charAt(start)) && LETTER.test(text.charAt(start - 1))) return true
  return end - start <= SHORT && LOWER.test(text.charAt(end - 1)) && LOWER.test(text.charAt(end))
}

const SHORT = 5

const LOWER = /[a-z]/
const LETTER = /[A-Za-z]/
