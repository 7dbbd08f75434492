import { definitionOf, everyType, TOPICS } from '@sallyport/events'
import { compilePattern, matches, type Pattern, PatternInvalid } from '@sallyport/policy'
import { SallyportError } from '@sallyport/runtime'

/** A pattern for events matches no type that there is. */
export class EventPatternUnmatched extends SallyportError {
  constructor(pattern: string, suggestion: string) {
    super('SP_EVENT_PATTERN_UNMATCHED', 'invalid', `${pattern} matches no event; did you mean ${suggestion}?`)
  }
}

const PREFIX = 'sallyport.'

/**
 * Earlier versions too: a process of the last release may still write them. Not dead letters: a receiver that refuses
 * everything would be told of each refusal, and refuse that.
 */
const TYPES = everyType().filter((type) => definitionOf(type)?.topic !== TOPICS.deadLetters)

/**
 * The types that patterns such as `approval.*`, `sallyport.approval.voted` or `action.decided.v1` match; `*` stands for
 * any characters. The prefix `sallyport.` and the version may be left out. Throws `EventPatternUnmatched`.
 */
export function typesMatching(patterns: readonly string[]): ReadonlySet<string> {
  return new Set(patterns.flatMap(typesOf))
}

function typesOf(text: string): string[] {
  const pattern = compiled(text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text)
  const types = pattern ? TYPES.filter((type) => namesOf(type).some((name) => matches(pattern, name))) : []
  if (types.length === 0) throw new EventPatternUnmatched(text, suggestionFor(text))
  return types
}

function compiled(text: string): Pattern | undefined {
  try {
    return compilePattern(text)
  } catch (reason) {
    if (reason instanceof PatternInvalid) return undefined
    throw reason
  }
}

/** `approval.voted.v1` and `approval.voted`. */
function namesOf(type: string): readonly [string, string] {
  const whole = type.slice(PREFIX.length)
  return [whole, whole.replace(/\.v\d+$/, '')]
}

/** All events of the subject whose name is most like the one that was given. */
function suggestionFor(text: string): string {
  const asked = pairsOf((text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text).toLowerCase())
  const names = [...TYPES.map((type) => namesOf(type)[1]), ...TYPES.map((type) => `${subjectOf(type)}.*`)]
  const likeness = (name: string) => {
    const pairs = pairsOf(name)
    const both = [...pairs].filter((pair) => asked.has(pair)).length
    return (2 * both) / (pairs.size + asked.size)
  }
  return [...new Set(names)].toSorted((left, right) => likeness(right) - likeness(left))[0] ?? '*'
}

function subjectOf(type: string): string {
  return namesOf(type)[1].split('.')[0] ?? ''
}

function pairsOf(text: string): Set<string> {
  return new Set(Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.slice(at, at + 2)))
}
