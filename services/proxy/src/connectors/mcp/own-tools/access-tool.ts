import { type JsonObject, memberText } from '@sallyport/jsonrpc'
import { ACCESS_REQUEST_ACTION } from '@sallyport/policy'

/** The tool with which an agent asks a person for access. The name is ours at every upstream: none may list it. */
export const ACCESS_TOOL = ACCESS_REQUEST_ACTION

const LONGEST_NAME = 256
const LONGEST_WHY = 2000

const DEFINITION: JsonObject = {
  name: ACCESS_TOOL,
  title: 'Ask a person for access',
  description:
    'Asks a person to let you use a tool or an action that Sallyport denies or does not list. Use it when a task needs one and no tool that you may use will do. The person reads your words. Their approval records the wish and permits nothing by itself: the answer says whether it is permitted now.',
  inputSchema: {
    type: 'object',
    properties: {
      tool: {
        type: 'string',
        minLength: 1,
        maxLength: LONGEST_NAME,
        description: 'The name of the tool that you want to use. Give this or `action`.',
      },
      action: {
        type: 'string',
        minLength: 1,
        maxLength: LONGEST_NAME,
        description: 'The action that you want, as a denial names it, such as mcp.resources.file…',
      },
      upstream: {
        type: 'string',
        minLength: 1,
        maxLength: LONGEST_NAME,
        description: 'The upstream that it is for; left out: this one.',
      },
      why: {
        type: 'string',
        minLength: 1,
        maxLength: LONGEST_WHY,
        description: 'What you need it for, in words for a person.',
      },
    },
    required: ['why'],
    additionalProperties: false,
  },
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
}

/** As it stands in `tools/list`. */
export const ACCESS_TOOL_TEXT = JSON.stringify(DEFINITION)

/** What an agent wants to be let do, and its reason. Exactly one of `tool` and `action` is there. */
export interface Wish {
  readonly tool: string | null
  readonly action: string | null
  /** Null for the upstream that the agent asks through. */
  readonly upstream: string | null
  readonly why: string
}

const MEMBERS: ReadonlySet<string> = new Set(['tool', 'action', 'upstream', 'why'])

/** The wish in the arguments of a call, given as canonical JSON text; a text where they are not one. */
export function readWish(canonical: string): Wish | string {
  const text = memberText(canonical, ['params', 'arguments'])
  const given: unknown = text === undefined ? {} : JSON.parse(text)
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return 'its arguments are not an object'
  const members = new Map(Object.entries(given))
  const other = [...members.keys()].find((name) => !MEMBERS.has(name))
  if (other !== undefined) return 'its arguments may be tool, action, upstream and why, and no others'
  for (const [name, value] of members) {
    const longest = name === 'why' ? LONGEST_WHY : LONGEST_NAME
    if (typeof value !== 'string' || value.trim() === '' || value.length > longest || !value.isWellFormed())
      return `${name} has to be a text of 1 to ${longest} characters`
  }
  const {
    tool = null,
    action = null,
    upstream = null,
    why,
  } = Object.fromEntries(members) as Partial<Record<keyof Wish, string>>
  if (why === undefined) return 'why is missing: a person has to read what it is for'
  if ((tool === null) === (action === null)) return 'exactly one of tool and action has to be given'
  return { tool, action, upstream, why }
}
