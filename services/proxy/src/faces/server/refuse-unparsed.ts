import type { Socket } from 'node:net'
import type { Logger } from '@sallyport/runtime'
import { RequestUnreadable } from './errors.ts'

const STATUS_LINES: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/**
 * Answers bytes that are not HTTP, or HTTP that can be read in two ways: two lengths, a length beside chunks, a folded
 * header. The sender is not known, so there is no gateway to record it under. It is counted and logged.
 */
export function refuseUnparsed(logger: Logger, error: Error, socket: Socket): void {
  const { code: cause = 'unknown' } = error as { readonly code?: string }
  // A connection that was reset cannot be answered; one whose answer has begun must not get a second.
  if (cause === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) {
    socket.destroy()
    return
  }
  const { code, message: detail } = new RequestUnreadable()
  logger.warn({ code, cause }, 'a request broke the rules of HTTP')
  const statusLine = STATUS_LINES[cause] ?? '400 Bad Request'
  const title = statusLine.slice(4)
  const status = Number.parseInt(statusLine, 10)
  const body = JSON.stringify({ type: 'about:blank', title, status, detail, code })
  socket.end(
    `HTTP/1.1 ${statusLine}\r\nContent-Type: application/problem+json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  )
}
