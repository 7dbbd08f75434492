/** What a model is shown of a conversation before it answers. */
export interface Seen {
  /** The tools it may call, by the names that the host gives them. */
  readonly tools: readonly string[]
  /** The texts of what its calls gave, in their order. */
  readonly results: readonly string[]
}

export interface ToolCall {
  readonly tool: string
  readonly arguments: Readonly<Record<string, unknown>>
}

export type Step = { readonly call: ToolCall } | { readonly say: string }

/** What a scripted model does next. Its requests come one after the other, and each has the whole conversation. */
export type Script = (seen: Seen) => Promise<Step>

/** The wire protocol of one vendor's model. */
export interface ModelProtocol {
  /** True for a request that asks for the next step of a conversation. */
  isTurn(path: string): boolean
  /** `body` is the parsed JSON of the request. */
  seenIn(body: unknown): Seen
  /** The answer as server-sent events. */
  events(step: Step): readonly SentEvent[]
}

export interface SentEvent {
  readonly event?: string
  readonly data: unknown
}

/** The tool that the host lists for the server's own `name`: hosts put the server's name before it. */
export function hostNameOf(seen: Seen, name: string): string | undefined {
  return seen.tools.find((tool) => tool === name || tool.endsWith(`_${name}`) || tool.endsWith(`/${name}`))
}
