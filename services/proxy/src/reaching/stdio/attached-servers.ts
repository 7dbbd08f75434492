import { UpstreamNotAttached } from '../../domain/upstream-faults.ts'
import type { ChannelExchanges } from '../channel/channel-exchanges.ts'
import type { UpstreamReceiver } from '../upstream-receiver.ts'
import type { UpstreamRequest } from '../upstream-request.ts'

/** Servers that `sallyport mcp` runs beside agents, each reached over the connection of its wrapper and by it alone. */
export class AttachedServers {
  readonly #channels = new Map<string, ChannelExchanges>()

  /** The session's id was made for this connection and is told to nobody: it is what says who may reach the server. */
  attach(sessionId: string, exchanges: ChannelExchanges): void {
    this.#channels.set(sessionId, exchanges)
  }

  /** Nothing happens where another connection has taken the session over. */
  detach(sessionId: string, exchanges: ChannelExchanges): void {
    if (this.#channels.get(sessionId) === exchanges) this.#channels.delete(sessionId)
  }

  /** Undefined where the server has said something before. */
  begun({ sessionId }: Pick<UpstreamRequest, 'sessionId'>): Promise<void> | undefined {
    return sessionId === null ? undefined : this.#channels.get(sessionId)?.begun
  }

  send(request: UpstreamRequest, receiver: UpstreamReceiver): void {
    const channel = request.sessionId === null ? undefined : this.#channels.get(request.sessionId)
    if (channel === undefined) receiver.fault(new UpstreamNotAttached())
    else channel.send(request, receiver)
  }
}
