import { canonicalJson, sha256Hex } from '@sallyport/runtime'

/**
 * The messages of `sallyport mcp` and a proxy over one WebSocket: binary, a tag and one line each. `c` is a line from
 * or for the client, `s` one from or for the server, `x` a word between the two themselves.
 */
export type Tag = 'c' | 's' | 'x'

/** The WebSocket subprotocol. */
export const WIRE_PROTOCOL = 'sallyport-stdio.v1'
/** The command that the wrapper runs, as its `commandDigest`. */
export const COMMAND_HEADER = 'sallyport-command'
/** The session that the wrapper had on a connection that was lost. */
export const SESSION_HEADER = 'mcp-session-id'

/** Words between the two: the server ended, and how; the sealed session, to go on with over another connection. */
export type Word =
  | { readonly word: 'ended'; readonly how: string }
  | { readonly word: 'session'; readonly session: string }

export interface Frame {
  readonly tag: Tag
  readonly line: Buffer
}

export function encodeFrame(tag: Tag, line: Uint8Array | string): Buffer {
  const bytes = typeof line === 'string' ? Buffer.from(line) : line
  const frame = Buffer.allocUnsafe(bytes.length + 1)
  frame[0] = tag.charCodeAt(0)
  frame.set(bytes, 1)
  return frame
}

export function encodeWord(word: Word): Buffer {
  return encodeFrame('x', JSON.stringify(word))
}

/** Undefined where the message is not a frame. */
export function decodeFrame(message: Buffer): Frame | undefined {
  const tag = String.fromCharCode(message[0] ?? 0)
  return tag === 'c' || tag === 's' || tag === 'x' ? { tag, line: message.subarray(1) } : undefined
}

/** Undefined for a word of another version, which is not listened to. */
export function decodeWord(line: Buffer): Word | undefined {
  try {
    const said = JSON.parse(line.toString()) as Partial<Record<'word' | 'how' | 'session', unknown>>
    if (said.word === 'ended' && typeof said.how === 'string') return { word: 'ended', how: said.how }
    if (said.word === 'session' && typeof said.session === 'string')
      return { word: 'session', session: said.session }
    return undefined
  } catch {
    return undefined
  }
}

/** By this a proxy knows whether what a wrapper runs is what was registered under the name. */
export function commandDigest(command: readonly string[]): string {
  return sha256Hex(canonicalJson([...command]))
}
