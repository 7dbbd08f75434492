const NONE: readonly string[] = []
const RPC = 'mcp.rpc.'

/**
 * Earlier products named everything but tool calls by its method. So what has a finer name now can still be covered by
 * the name of its method. The first beginning that fits counts. A name that ends here is one name and no beginning.
 */
const METHODS: readonly (readonly [name: string, method: string])[] = [
  ['mcp.tools.list', 'tools_list'],
  ['mcp.prompts.list', 'prompts_list'],
  ['mcp.prompts.complete.', 'completion_complete'],
  ['mcp.prompts.', 'prompts_get'],
  ['mcp.resources.list', 'resources_list'],
  ['mcp.resources.templates_list', 'resources_templates_list'],
  ['mcp.resources.subscribe.', 'resources_subscribe'],
  ['mcp.resources.unsubscribe.', 'resources_unsubscribe'],
  ['mcp.resources.complete.', 'completion_complete'],
  ['mcp.resources.', 'resources_read'],
]

const WIDER: readonly (readonly [name: string, wider: readonly string[]])[] = METHODS.map(
  ([name, method]) => [name, [RPC + method]],
)

/** `mcp.resources.file%3A…` is also `mcp.rpc.resources_read`. A call of a tool has one name. */
export function widerNamesOfMcp(action: string): readonly string[] {
  const found = WIDER.find(([name]) => (name.endsWith('.') ? action.startsWith(name) : action === name))
  return found?.[1] ?? NONE
}
