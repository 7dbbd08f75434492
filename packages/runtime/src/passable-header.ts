const NAME = /^[a-z0-9!#$%&'*+.^_`|~-]{1,128}$/
/** Each hop of HTTP says these of itself, and MCP its own: they are never an agent's own word to its upstream. */
const OF_A_HOP: ReadonlySet<string> = new Set([
  ...['accept', 'connection', 'date', 'expect', 'forwarded', 'host', 'keep-alive', 'last-event-id', 'origin'],
  ...['te', 'traceparent', 'trailer', 'transfer-encoding', 'upgrade', 'user-agent', 'via'],
])
const FAMILY_OF_A_HOP = /^(?:accept|access-control|content|mcp|proxy|sec|x-forwarded)-/

/**
 * What a header of an agent's is to the upstream that lists it. `own`: it passes as it came. `hop`: the transport says
 * it anew. `ours`: it is Sallyport's, or not a name at all.
 */
export function kindOfHeader(name: string): 'own' | 'hop' | 'ours' {
  const plain = name.toLowerCase()
  if (plain.startsWith('sallyport-') || !NAME.test(plain)) return 'ours'
  return OF_A_HOP.has(plain) || FAMILY_OF_A_HOP.test(plain) ? 'hop' : 'own'
}
