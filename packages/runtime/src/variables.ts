import type { Variable } from './config.ts'

type Options = { readonly fallback?: string; readonly secret?: boolean }

/** A host and port to listen on. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

function variable<T>(
  name: string,
  describe: string,
  options: Options,
  parse: (text: string) => T,
): Variable<T> {
  return { name, describe, parse, ...options }
}

export function text(name: string, describe: string, options: Options = {}): Variable<string> {
  return variable(name, describe, options, (value) => value)
}

/** A text that may be left out; null then. */
export function optionalText(name: string, describe: string, options: Options = {}): Variable<string | null> {
  return variable(name, describe, { fallback: '', ...options }, (value) => value || null)
}

/** The address of a server, scheme and authority alone, or null where it is left out. */
export function optionalOrigin(
  name: string,
  describe: string,
  options: Options = {},
): Variable<string | null> {
  return variable(name, describe, { fallback: '', ...options }, (value) => {
    if (value === '') return null
    const url = URL.canParse(value) ? new URL(value) : undefined
    if (!url || !/^https?:$/.test(url.protocol) || `${url.origin}/` !== url.href)
      throw new Error('must be an address such as http://10.0.0.7:8080, without a path')
    return url.origin
  })
}

export function integer(
  name: string,
  describe: string,
  options: Options & { readonly min?: number; readonly max?: number } = {},
): Variable<number> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER, ...rest } = options
  return variable(name, describe, rest, (value) => {
    const number = Number(value)
    if (!/^-?\d+$/.test(value) || number < min || number > max)
      throw new Error(`must be a whole number from ${min} to ${max}`)
    return number
  })
}

/** Comma-separated, without blanks; empty gives an empty list. */
export function list(name: string, describe: string, options: Options = {}): Variable<readonly string[]> {
  return variable(name, describe, options, (value) =>
    Object.freeze(
      value
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean),
    ),
  )
}

export function oneOf<const T extends string>(
  name: string,
  describe: string,
  values: readonly T[],
  options: Options = {},
): Variable<T> {
  return variable(name, describe, options, (value) => {
    const found = values.find((known) => known === value)
    if (found === undefined) throw new Error(`must be one of ${values.join(', ')}`)
    return found
  })
}

/** `host:port`, `[v6]:port`; port 0 takes a free one. */
export function listenAddress(
  name: string,
  describe: string,
  options: Options = {},
): Variable<ListenAddress> {
  return variable(name, describe, options, (value) => {
    const match = /^(?:\[([0-9a-fA-F:]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(value)
    const port = Number(match?.[3])
    if (!match || port > 65_535) throw new Error('must be host:port')
    return Object.freeze({ host: (match[1] ?? match[2]) as string, port })
  })
}

/** At least 32 bytes, as base64 (also url-safe) or hex. */
export function secretKey(name: string, describe: string, options: Options = {}): Variable<Buffer> {
  return variable(name, describe, { ...options, secret: true }, (value) => {
    const key = /^[0-9a-fA-F]+$/.test(value) ? Buffer.from(value, 'hex') : Buffer.from(value, 'base64')
    if (key.length < 32) throw new Error('must be at least 32 bytes as base64 or hex')
    return key
  })
}
