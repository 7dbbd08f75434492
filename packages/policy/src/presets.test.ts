import { describe, expect, test } from 'vitest'
import { canMatch } from './connectors/index.ts'
import { BUILTIN_PERMISSIONS, type Permission } from './permission.ts'
import { compilePolicy } from './policy.ts'
import { PRESETS, type Preset, presetPermissions } from './presets.ts'

const upstream = { mcp: 'files', http: 'api' } as const

function outcome(preset: Preset, connector: keyof typeof upstream, action: string): string {
  const set = presetPermissions(preset).map(
    (one, at): Permission => ({
      id: `p-${at}`,
      gateway: 'local',
      gatewayId: 'g',
      upstream: null,
      origin: 'explicit',
      ...one,
    }),
  )
  const policy = compilePolicy([...BUILTIN_PERMISSIONS, ...set])
  const name = upstream[connector]
  return policy.evaluate({
    gateway: 'local',
    gatewayId: 'g',
    connector,
    upstream: name,
    upstreamId: name,
    action,
  }).outcome
}

/** What an agent needs to connect, and to be shown what it may use. */
const CONNECTING = [
  'mcp.rpc.initialize',
  'mcp.rpc.notifications_initialized',
  'mcp.rpc.ping',
  'mcp.rpc.stream_open',
  'mcp.tools.list',
  'mcp.prompts.list',
  'mcp.resources.list',
  'mcp.resources.templates_list',
]

test.each(PRESETS.flatMap((preset) => CONNECTING.map((action) => [preset, action] as const)))(
  'an agent with %s connects: %s is allowed',
  (preset, action) => expect(outcome(preset, 'mcp', action)).toBe('allow'),
)

describe.each([
  ['mcp', 'mcp.tools.read_file', 'allow', 'allow'],
  ['mcp', 'mcp.tools.list-issues', 'allow', 'allow'],
  ['mcp', 'mcp.resources.file%3A%2F%2F%2Fa', 'allow', 'allow'],
  ['mcp', 'mcp.prompts.review', 'allow', 'allow'],
  ['mcp', 'mcp.tools.delete_file', 'allow', 'hold'],
  ['mcp', 'mcp.tools.search_and_replace', 'allow', 'hold'],
  ['mcp', 'mcp.tools.readjust', 'allow', 'hold'],
  ['mcp', 'mcp.rpc.deploy', 'allow', 'hold'],
  ['http', 'http.get', 'allow', 'allow'],
  ['http', 'http.post', 'allow', 'hold'],
] as const)('%s %s', (connector, action, observe, ask) => {
  test(`is ${observe} with observe, ${ask} with ask and denied with locked`, () => {
    expect(outcome('observe', connector, action)).toBe(observe)
    expect(outcome('ask', connector, action)).toBe(ask)
    expect(outcome('locked', connector, action)).toBe('deny')
  })
})

test('every pattern of a preset can match', () => {
  for (const { connector, action } of PRESETS.flatMap(presetPermissions))
    expect([action, canMatch(connector, action)]).toEqual([action, true])
})
