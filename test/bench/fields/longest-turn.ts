import { createConnection } from 'node:net'

/**
 * The longest turn of an event loop, in milliseconds: of the processor, which a busy machine does not lengthen, and of
 * the wall clock.
 */
export interface LongestTurn {
  readonly processor: number
  readonly wall: number
}

/** Asks the probe in the measured process, which begins anew with that. */
export async function longestTurn(socketPath: string): Promise<LongestTurn> {
  let text = ''
  for await (const chunk of createConnection(socketPath)) text += String(chunk)
  return JSON.parse(text) as LongestTurn
}
