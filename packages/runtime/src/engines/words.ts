import type { Variable } from '../config.ts'

/** A program and its arguments, as words or as a JSON array of texts; empty where it is left out. */
export function words(name: string, describe: string): Variable<readonly string[]> {
  return {
    name,
    describe,
    fallback: '',
    parse(text) {
      if (!text.trim().startsWith('[')) return Object.freeze(text.split(/\s+/).filter(Boolean))
      return Object.freeze(arrayOf(text))
    },
  }
}

function arrayOf(text: string): string[] {
  try {
    const parsed: unknown = JSON.parse(text)
    if (Array.isArray(parsed) && parsed.every((word) => typeof word === 'string')) return parsed
  } catch {
    // Said below.
  }
  throw new Error('must be words separated by blanks, or a JSON array of texts')
}
