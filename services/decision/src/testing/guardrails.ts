import type { Guardrail } from '@sallyport/control'

/** Reads what is written to files and is against everything that speaks of production. */
export const NO_PRODUCTION: Guardrail = {
  name: 'no-production',
  readsArgumentsOf: [{ gateway: '*', upstream: 'files', action: 'mcp.tools.write_*' }],
  judge: ({ arguments: { text } }) =>
    text?.includes('production') ? { outcome: 'deny', reason: 'it is about production' } : undefined,
}

export const THROWS: Guardrail = {
  name: 'broken',
  readsArgumentsOf: [],
  judge({ arguments: { text } }) {
    throw new TypeError(`a message that repeats ${text}`)
  },
}
