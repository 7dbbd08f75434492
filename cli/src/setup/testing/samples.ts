import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RewriteOptions } from '../entry-plan.ts'
import { TOOLS, type Tool } from '../tools.ts'

/** A configuration as its vendor documents it, and what it becomes. */
export interface Sample {
  readonly name: string
  readonly tool: Tool
  readonly options: RewriteOptions
  readonly before: string
  readonly after: string
}

export const OPTIONS: RewriteOptions = {
  launcher: ['sallyport'],
  proxy: 'http://127.0.0.1:8080',
  scope: 'user',
  tokenVariable: 'SALLYPORT_GATEWAY_TOKEN',
  gatewayToken: ['sp', 'gw', 'made-up'].join('_'),
  upstreams: [],
}

export const SAMPLES: readonly Sample[] = [
  sample('claude-project', TOOLS.claude, { scope: 'project' }),
  sample('claude-user', TOOLS.claude),
  sample('cursor', TOOLS.cursor, { scope: 'project' }),
  sample('vscode', TOOLS.vscode, { scope: 'project' }),
  sample('jetbrains', TOOLS.jetbrains),
  sample('windsurf', TOOLS.windsurf, { gateway: 'code-agent' }),
  sample('zed', TOOLS.zed),
  sample('cline', TOOLS.cline),
  sample('codex', TOOLS.codex),
  sample('gemini', TOOLS.gemini),
]

export function sampleOf(name: string): Sample {
  const found = SAMPLES.find((one) => one.name === name)
  if (!found) throw new Error(`no sample ${name}`)
  return found
}

function sample(name: string, tool: Tool, options: Partial<RewriteOptions> = {}): Sample {
  const read = (which: string) =>
    readFileSync(join(import.meta.dirname, '..', 'samples', `${name}.${which}`), 'utf8')
  return { name, tool, options: { ...OPTIONS, ...options }, before: read('before'), after: read('after') }
}
