import { isUtf8 } from 'node:buffer'
import { type ExactJson, sortedText } from '@sallyport/jsonrpc'
import type { Field } from '../headers/field.ts'
import { preferencesBesideWait } from '../headers/prefer.ts'
import { boundFields } from '../headers/request-fields.ts'
import { queryArguments } from '../target/canonical-query.ts'
import type { Target } from '../target/upstream-target.ts'
import type { HttpBody } from './http-call.ts'

export interface RequestParts {
  readonly method: string
  readonly target: Target
  readonly fields: readonly Field[]
  readonly body: HttpBody
}

type Values = Readonly<Record<string, string | readonly string[]>>

/** The arguments of a request that are recorded and shown, before redaction. `bodyValue` is of a JSON body. */
export function shownArguments({ target, fields, body }: RequestParts, bodyValue: ExactJson): ExactJson {
  const shown = {
    path: target.path,
    ...(target.query === null ? {} : { query: queryArguments(target.query) }),
    headers: byName(fields),
    ...bodyShown(body, bodyValue),
  }
  return shown as ExactJson
}

/**
 * The text that a digest of the request is taken over, and that rules read: JSON in RFC 8785 order. `target` is what is
 * forwarded, as two spellings of a query may be decoded alike.
 */
export function argumentsText({ method, target, fields, body }: RequestParts): string {
  const { path, query } = target
  const members = [
    ...(body.kind === 'none' ? [] : [`"body":${bodyText(body)}`]),
    `"headers":${sortedText(JSON.stringify(byName(withoutWait(boundFields(fields)))))}`,
    `"method":${JSON.stringify(method)}`,
    `"path":${JSON.stringify(path)}`,
    `"query":${sortedText(JSON.stringify(queryArguments(query)))}`,
    `"target":${JSON.stringify(query === null ? path : `${path}?${query}`)}`,
  ]
  return `{${members.join(',')}}`
}

function bodyShown(body: HttpBody, value: ExactJson): { readonly body?: ExactJson } {
  switch (body.kind) {
    case 'none':
      return {}
    case 'json':
      return { body: value }
    case 'stream':
      return { body: { unread: body.why, ...(body.length === null ? {} : { bytes: body.length }) } }
    case 'kept':
      return {
        body: {
          unread: 'not_json',
          bytes: body.bytes.length,
          sha256: body.sha256,
          ...contentShown(body.bytes),
        },
      }
  }
}

/** A body that waits for a person is shown to that person, whatever it is. */
function contentShown(bytes: Buffer): { readonly text: string } | { readonly base64: string } {
  return isUtf8(bytes) ? { text: bytes.toString() } : { base64: bytes.toString('base64') }
}

function bodyText(body: Exclude<HttpBody, { kind: 'none' }>): string {
  switch (body.kind) {
    case 'json':
      return sortedText(body.text)
    case 'stream':
      return JSON.stringify({ bytes: body.length, unread: body.why })
    case 'kept':
      return JSON.stringify({ bytes: body.bytes.length, sha256: body.sha256, unread: 'not_json' })
  }
}

function withoutWait(fields: readonly Field[]): Field[] {
  return fields.flatMap(([name, value]): Field[] => {
    if (name !== 'prefer') return [[name, value]]
    const rest = preferencesBesideWait(value)
    return rest === '' ? [] : [[name, rest]]
  })
}

/** One value for each name, a list where it stands more than once. */
function byName(fields: readonly Field[]): Values {
  const found = new Map<string, string[]>()
  for (const [name, value] of fields) {
    const values = found.get(name)
    if (values === undefined) found.set(name, [value])
    else values.push(value)
  }
  const entries = [...found].map(([name, values]) => [name, values.length === 1 ? values[0] : values])
  return Object.fromEntries(entries) as Values
}
