/** The ways an upstream can be understood. None of them can name a gateway or an upstream. */
export const CONNECTOR_KINDS: ReadonlySet<string> = new Set(['mcp'])
