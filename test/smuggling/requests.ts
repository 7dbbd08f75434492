/** Where a request goes, and as whom. */
export interface Aim {
  /** e.g. `127.0.0.1:41001` */
  readonly authority: string
  /** e.g. `/mcp/files` */
  readonly path: string
  readonly token: string
}

type Bytes = string | Uint8Array

/** The head of an ordinary POST of JSON; lines of `instead` take the place of the usual ones of their name, and a bare name removes them. */
export function head({ authority, path, token }: Aim, instead: readonly string[] = []): string {
  const usual = [
    `Host: ${authority}`,
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    'Connection: close',
  ]
  const replaced = new Set(instead.map(nameOf))
  const lines = [
    ...usual.filter((line) => !replaced.has(nameOf(line))),
    ...instead.filter((line) => line.includes(':')),
  ]
  return [`POST ${path} HTTP/1.1`, ...lines].map((line) => `${line}\r\n`).join('')
}

/** An ordinary POST, framed by its length. */
export function post(aim: Aim, body: Bytes, instead?: readonly string[]): Uint8Array {
  const bytes = Buffer.from(body as string)
  return joined(head(aim, instead), `Content-Length: ${bytes.length}\r\n\r\n`, bytes)
}

export function joined(...parts: readonly Bytes[]): Uint8Array {
  return Buffer.concat(parts.map((part) => Buffer.from(part as string)))
}

/** One chunk of a chunked body, and the end. */
export function chunked(body: string, extension = '', trailers = ''): string {
  return `${body.length.toString(16)}${extension}\r\n${body}\r\n0\r\n${trailers}\r\n`
}

function nameOf(line: string): string {
  return line.split(':', 1)[0]?.trim().toLowerCase() ?? ''
}
