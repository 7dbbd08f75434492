import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { HttpReply } from '../../connectors/http/exchange/http-reply.ts'
import type { Field } from '../../connectors/http/headers/field.ts'
import type { Upgrade } from '../server/upgrades.ts'

/** How long a client may go on sending a body that nobody wants before its connection is closed. */
const LINGER_MS = 1000

export interface ServerReplyOptions {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly upgrade: Upgrade | undefined
  readonly becomesStream: () => boolean
}

/** The agent's side of a request over HTTP, on a connection of ours. */
export class ServerReply implements HttpReply {
  onGone: (() => void) | undefined
  readonly becomesStream: () => boolean
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #upgrade: Upgrade | undefined

  constructor({ request, response, upgrade, becomesStream }: ServerReplyOptions) {
    this.#request = request
    this.#response = response
    this.#upgrade = upgrade
    this.becomesStream = becomesStream
    response.on('close', () => {
      if (!response.writableEnded) this.onGone?.()
    })
    response.on('finish', () => this.#finished())
  }

  get begun(): boolean {
    return this.#response.headersSent
  }

  get gone(): boolean {
    return this.#response.destroyed && !this.#response.writableEnded
  }

  begin(status: number, fields: readonly Field[]): void {
    if (this.gone) return
    this.#response.writeHead(status, fields.flat())
    this.#response.flushHeaders()
  }

  write(bytes: Buffer): boolean {
    return this.#response.destroyed || this.#response.write(bytes)
  }

  onceDrained(go: () => void): void {
    this.#response.once('drain', go)
  }

  end(trailers: readonly Field[]): void {
    if (this.gone) return
    if (trailers.length > 0)
      this.#response.addTrailers(trailers.map(([name, value]): [string, string] => [name, value]))
    this.#response.end()
  }

  whole(status: number, fields: readonly Field[], text: string): void {
    if (this.gone) return
    // What is left of an unread body must not be taken for the next request.
    const close = this.#request.complete ? [] : ['connection', 'close']
    const length = ['content-length', String(Buffer.byteLength(text))]
    this.#response.writeHead(status, [...fields.flat(), ...length, ...close])
    this.#response.end(text)
  }

  breakOff(): void {
    this.#response.destroy()
  }

  switchProtocols(fields: readonly Field[]): Duplex {
    const upgrade = this.#upgrade
    if (upgrade === undefined) throw new Error('the connection cannot change its protocol')
    const { socket, firstBytes } = upgrade
    this.#response.detachSocket(socket)
    const lines = [['connection', 'Upgrade'], ['upgrade', 'websocket'], ...fields].map(
      ([name, value]) => `${name}: ${value}\r\n`,
    )
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`, 'latin1')
    if (firstBytes.length > 0) socket.unshift(firstBytes)
    return socket
  }

  /** The answer came before the whole request: what is still sent is thrown away, for a while. */
  #finished(): void {
    const { socket } = this.#request
    if (this.#request.complete || this.#upgrade !== undefined || socket === null) return
    this.#request.resume()
    const timer = setTimeout(() => socket.destroy(), LINGER_MS)
    const stop = () => clearTimeout(timer)
    this.#request.once('end', stop)
    socket.once('close', stop)
  }
}
