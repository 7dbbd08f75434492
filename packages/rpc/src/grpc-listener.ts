import { once } from 'node:events'
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net'
import {
  type Metadata,
  type Server,
  type ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptor,
} from '@grpc/grpc-js'
import { type ListenAddress, type Logger, type StrangerLimits, Strangers } from '@sallyport/runtime'

/**
 * The sockets of a gRPC server. gRPC bounds the calls of a connection, and not the connections of peers that make none. So
 * they are taken in here: those of peers that have not shown the bearer are few, and each stays for a short time.
 */
export class GrpcListener {
  readonly #strangers: Strangers
  /** Peers that are not known yet, by `address:port` as gRPC calls them. */
  readonly #unknown = new Map<string, Socket>()
  readonly #listener: NetServer

  constructor(limits: StrangerLimits, logger: Logger) {
    this.#strangers = new Strangers(limits, logger)
    // HTTP/2 of Node has its own sockets like this.
    this.#listener = createServer({ allowHalfOpen: true, noDelay: true })
    this.#strangers.watchSockets(this.#listener)
  }

  /** Resolves with the port, from which connections come to the server. Rejects where it cannot be taken. */
  async listen(server: Server, secure: ServerCredentials, { host, port }: ListenAddress): Promise<number> {
    const injector = server.createConnectionInjector(secure)
    this.#listener.on('connection', (socket: Socket) => {
      const peer = `${socket.remoteAddress}:${socket.remotePort}`
      this.#unknown.set(peer, socket)
      socket.once('close', () => this.#unknown.delete(peer))
      // A TLS handshake that fails is its peer's affair.
      socket.on('error', () => {})
      injector.injectConnection(socket)
    })
    this.#listener.listen(port, host)
    await once(this.#listener, 'listening')
    return (this.#listener.address() as AddressInfo).port
  }

  /** A peer is known from its first call that passes the check, of whichever service. */
  welcoming(check: (metadata: Metadata) => void): ServerInterceptor {
    return (_method, call) => {
      const peer = call.getPeer()
      const socket = this.#unknown.get(peer)
      if (socket === undefined) return new ServerInterceptingCall(call)
      return new ServerInterceptingCall(call, {
        start: (next) =>
          next({
            onReceiveMetadata: (metadata, pass) => {
              if (passes(check, metadata)) {
                this.#unknown.delete(peer)
                this.#strangers.welcome(socket)
              }
              pass(metadata)
            },
          }),
      })
    }
  }

  /** Takes nobody in any more, and puts out whom nobody knows. */
  close(): void {
    this.#listener.close()
    for (const socket of this.#unknown.values()) socket.destroy()
  }
}

function passes(check: (metadata: Metadata) => void, metadata: Metadata): boolean {
  try {
    check(metadata)
    return true
  } catch {
    return false
  }
}
