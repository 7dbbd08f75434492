import { InvalidSignalPattern } from './errors.ts'

/** A subject that can be sent on: dotted tokens, none empty, no wildcards, no spaces (NATS would read them as more). */
export function isSubject(subject: string): boolean {
  const tokens = subject.split('.')
  return tokens.every((token) => isToken(token) && token !== '*' && token !== '>')
}

/** Splits a pattern, in which `*` stands for one token and a last `>` for one or more. Throws `InvalidSignalPattern`. */
export function parsePattern(pattern: string): readonly string[] {
  const tokens = pattern.split('.')
  const early = tokens.indexOf('>')
  if (!tokens.every(isToken) || (early >= 0 && early < tokens.length - 1))
    throw new InvalidSignalPattern(pattern)
  return tokens
}

/** Whether a subject falls under a parsed pattern, as a NATS server would say. */
export function matches(pattern: readonly string[], subject: string): boolean {
  const tokens = subject.split('.')
  const open = pattern.at(-1) === '>'
  if (open ? tokens.length < pattern.length : tokens.length !== pattern.length) return false
  return pattern.every((token, index) => token === '*' || token === '>' || token === tokens[index])
}

function isToken(token: string): boolean {
  return token !== '' && !/\s|\0/.test(token)
}
