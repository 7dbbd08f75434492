import type { JsonObject } from './json-value.ts'

const PLAIN = /^[\x20-\x7e]*$/
const IGNORED = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Zs}\p{Zl}\p{Zp}]/gu

interface KnownKeys {
  readonly exact: ReadonlySet<string>
  readonly folded: ReadonlySet<string>
}

/** Keys that some revision of MCP or JSON-RPC knows, by the object they stand in. */
const message = known('jsonrpc id method params result error')
const params = known(
  '_meta name arguments uri cursor task taskId inputResponses requestState protocolVersion capabilities',
  'clientInfo level logger data ref argument context progressToken progress total message requestId reason',
  'notifications status messages modelPreferences systemPrompt includeContext temperature maxTokens',
  'stopSequences metadata tools toolChoice mode requestedSchema url elicitationId',
)
const meta = known('progressToken')
const result = known(
  '_meta content structuredContent isError resultType inputRequests requestState tools resources contents',
  'resourceTemplates prompts messages nextCursor instructions protocolVersion capabilities serverInfo task',
  'role model action roots completion',
)
const error = known('code message data')

/**
 * The path of a key that only a lenient parser reads as a protocol key (`Method`, `paramſ`): one that folds case,
 * applies NFKC or ignores invisible characters. Such a peer would run something else than we judge.
 */
export function findLookalike(value: JsonObject): string[] | undefined {
  return (
    lookalikeIn(value, message, []) ??
    lookalikeIn(value['params'], params, ['params']) ??
    lookalikeIn(memberOf(value['params'], '_meta'), meta, ['params', '_meta']) ??
    lookalikeIn(value['result'], result, ['result']) ??
    lookalikeIn(value['error'], error, ['error'])
  )
}

function lookalikeIn(value: unknown, known: KnownKeys, path: string[]): string[] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const lookalike = Object.keys(value).find((key) => !known.exact.has(key) && known.folded.has(fold(key)))
  return lookalike === undefined ? undefined : [...path, lookalike]
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
}

/** Upper case first: the long s, the Kelvin sign and the dotless i meet their ASCII letters that way only. */
function fold(key: string): string {
  const visible = PLAIN.test(key) ? key.replaceAll(' ', '') : key.normalize('NFKC').replace(IGNORED, '')
  return visible.toUpperCase().toLowerCase()
}

function known(...lines: string[]): KnownKeys {
  const keys = lines.flatMap((line) => line.split(' '))
  return { exact: new Set(keys), folded: new Set(keys.map(fold)) }
}
