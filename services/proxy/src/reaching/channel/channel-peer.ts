/**
 * The way to an MCP server that has one line of messages in each direction and no requests of HTTP: the pipes of a
 * child process, an event stream with an address to post to. Its messages go to `ChannelExchanges.take`.
 */
export interface ChannelPeer {
  /** Hands over one message, canonical text. False when too much waits for the peer already: it was not taken. */
  send(text: string): boolean
  /** Stops reading from the peer. Bytes that were read already may still come. */
  pause(): void
  resume(): void
  /** Ends the peer. Nothing comes of it any more. */
  close(): void
}
