import type { Duplex } from 'node:stream'

export interface TunnelBytes {
  readonly fromAgent: number
  readonly fromUpstream: number
}

/** Two connections that are one from now on, each as fast as the other; whichever ends takes the other along. */
export class Tunnel {
  readonly #agent: Duplex
  readonly #upstream: Duplex
  #fromAgent = 0
  #fromUpstream = 0
  #closed = 0

  constructor(agent: Duplex, upstream: Duplex, onClosed: () => void) {
    this.#agent = agent
    this.#upstream = upstream
    agent.on('data', (chunk: Buffer) => {
      this.#fromAgent += chunk.length
    })
    upstream.on('data', (chunk: Buffer) => {
      this.#fromUpstream += chunk.length
    })
    for (const one of [agent, upstream]) {
      one.on('error', () => this.end())
      one.once('close', () => {
        this.end()
        if (++this.#closed === 2) onClosed()
      })
    }
    agent.pipe(upstream)
    upstream.pipe(agent)
  }

  get bytes(): TunnelBytes {
    return { fromAgent: this.#fromAgent, fromUpstream: this.#fromUpstream }
  }

  end(): void {
    this.#agent.destroy()
    this.#upstream.destroy()
  }
}
