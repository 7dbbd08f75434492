import type { EncodedEvent } from '@sallyport/events'
import { completed, decided, encoder } from '../src/testing/sample-events.ts'

const TOOLS = ['read_file', 'list_directory', 'create_issue', 'search_code', 'write_file', 'delete_branch']
const WORDS =
  'invoice report quarterly customer export branch release hotfix incident draft budget contract'.split(' ')

/** Pairs of a decision and its completion as a busy fleet of agents makes them, one after the other. */
export function* sampleLoad(events: number, startedAt: number): Generator<EncodedEvent> {
  const encode = encoder('proxy/bench')
  for (let index = 0; index < events / 2; index += 1) {
    const tool = TOOLS[index % TOOLS.length] ?? 'read_file'
    const action = `mcp.tools.${tool}`
    const at = startedAt + index * 5
    const gateway = { id: `gw-${index % 12}`, name: `agent-${index % 12}` }
    const actionId = `0198f000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`
    const verdict = tool === 'delete_branch' ? 'deny' : 'allow'
    const text = Array.from({ length: 12 }, (_, n) => WORDS[(index * 7 + n * n) % WORDS.length]).join(' ')
    const facts = { actionId, action, gateway, verdict } as const
    const input = { path: `/srv/project/file-${index % 5000}.txt`, text, ticket: `T-${index}` }
    yield encode(decided(new Date(at), { ...facts, tool, arguments: input }))
    yield encode(completed(new Date(at + 40), { ...facts, durationMs: 20 + (index % 100) }))
  }
}
