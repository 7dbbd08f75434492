import type { Secrets, Span } from '../finding.ts'
import { after } from './finder.ts'
import { secretRuns } from './secret-runs.ts'

const SCHEME = /[A-Za-z][A-Za-z0-9-]{0,30}[ \t]{1,4}/y
const PARAMETER = /[A-Za-z_][\w.-]{0,63}="?(?!=)([^\s;,"]+)"?/y
const COOKIE = /[^\s=;,"]{1,128}="?([^\s;,"]*)"?/y
const TOKEN = /[^\s"'`,;&<>\\]+/y
const SEPARATOR = /[;,][ \t]{0,4}/y

/** The secrets in the value of an `Authorization` header: what stands behind the scheme, or its parameters. */
export function authorizationSecrets(text: string, start: number, kind: string): Secrets {
  const from = after(SCHEME, text, start)
  const parameters = pairValues(PARAMETER, text, from, kind)
  if (parameters.end > from) return parameters
  return token(text, after(TOKEN, text, from) > from ? from : start, kind)
}

/** The values of cookies: `a=b; c=d`. */
export function cookieSecrets(text: string, start: number, kind: string): Secrets {
  const values = pairValues(COOKIE, text, start, kind)
  return values.end > start ? values : token(text, start, kind)
}

/** The secret runs of a stretch of the text. */
export function within(text: string, start: number, end: number, kind: string): Span[] {
  return secretRuns(text.slice(start, end), kind).map((run) => ({
    start: start + run.start,
    end: start + run.end,
    kind,
    severity: run.severity,
  }))
}

function token(text: string, start: number, kind: string): Secrets {
  const end = after(TOKEN, text, start)
  return { spans: within(text, start, end, kind), end }
}

function pairValues(pair: RegExp, text: string, start: number, kind: string): Secrets {
  const spans: Span[] = []
  for (let at = start, end = start; ; ) {
    pair.lastIndex = at
    const found = pair.exec(text)
    if (found === null) return { spans, end }
    end = pair.lastIndex
    const value = found[1] ?? ''
    const from = text[end - 1] === '"' && value !== '' ? end - 1 - value.length : end - value.length
    spans.push(...within(text, from, from + value.length, kind))
    at = after(SEPARATOR, text, end)
    if (at === end) return { spans, end }
  }
}
