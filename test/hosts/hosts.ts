import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { commandOf, type HostPackage } from './installed.ts'
import { anthropic } from './models/anthropic.ts'
import { gemini } from './models/gemini.ts'
import { openai } from './models/openai.ts'
import type { ModelProtocol } from './models/script.ts'

/** The name of the server in every configuration. */
export const SERVER = 'notes'

/** How a host reaches the server before `sallyport setup`: a command that it starts, or an address. */
export type ServerEntry = { readonly command: readonly string[] } | { readonly url: string }

/** A real agent host, without a terminal. */
export interface Host {
  readonly package: HostPackage
  /** What `sallyport setup` calls it. */
  readonly setup: string
  readonly protocol: ModelProtocol
  /** Writes its configuration into a new home folder. */
  configure(home: string, entry: ServerEntry, model: string): void
  /** Runs it on a prompt. The tools are those that it may call without asking. */
  run(
    prompt: string,
    tools: readonly string[],
  ): { readonly command: string; readonly args: readonly string[] }
  /** Beside `HOME` and `PATH`. */
  environment(home: string, model: string): Readonly<Record<string, string>>
}

const claudeCode: Host = {
  package: '@anthropic-ai/claude-code',
  setup: 'claude',
  protocol: anthropic,
  configure(home, entry) {
    const server =
      'url' in entry ? { type: 'http', url: entry.url } : { type: 'stdio', ...commandIn(entry.command) }
    write(
      join(home, '.claude.json'),
      JSON.stringify({ hasCompletedOnboarding: true, mcpServers: { [SERVER]: server } }),
    )
  },
  run: (prompt, tools) => ({
    command: commandOf('claude'),
    args: [
      ...['-p', prompt, '--output-format', 'json'],
      ...['--allowedTools', tools.map((tool) => `mcp__${SERVER}__${tool}`).join(',')],
    ],
  }),
  environment: (_home, model) => ({
    ANTHROPIC_BASE_URL: model,
    ANTHROPIC_API_KEY: 'made-up',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_TELEMETRY: '1',
  }),
}

const codex: Host = {
  package: '@openai/codex',
  setup: 'codex',
  protocol: openai,
  configure(home, entry, model) {
    const server =
      'url' in entry
        ? [`url = ${JSON.stringify(entry.url)}`]
        : [
            `command = ${JSON.stringify(entry.command[0])}`,
            `args = ${JSON.stringify(entry.command.slice(1))}`,
          ]
    const lines = [
      'model = "scripted"',
      'model_provider = "scripted"',
      '[model_providers.scripted]',
      'name = "scripted"',
      `base_url = ${JSON.stringify(`${model}/v1`)}`,
      'wire_api = "responses"',
      'env_key = "SCRIPTED_API_KEY"',
      `[mcp_servers.${SERVER}]`,
      ...server,
    ]
    write(join(home, '.codex', 'config.toml'), `${lines.join('\n')}\n`)
  },
  run: (prompt) => ({
    command: commandOf('codex'),
    args: ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', prompt],
  }),
  environment: (home) => ({ SCRIPTED_API_KEY: 'made-up', CODEX_HOME: join(home, '.codex') }),
}

const geminiCli: Host = {
  package: '@google/gemini-cli',
  setup: 'gemini',
  protocol: gemini,
  configure(home, entry) {
    const server = 'url' in entry ? { httpUrl: entry.url } : commandIn(entry.command)
    const settings = {
      security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: false } },
      privacy: { usageStatisticsEnabled: false },
      general: { disableAutoUpdate: true, enableAutoUpdate: false },
      mcpServers: { [SERVER]: { ...server, trust: true } },
    }
    write(join(home, '.gemini', 'settings.json'), JSON.stringify(settings))
  },
  run: (prompt) => ({
    command: commandOf('gemini'),
    args: ['-m', 'gemini-2.5-flash', '-p', prompt, '--output-format', 'json'],
  }),
  environment: (_home, model) => ({ GOOGLE_GEMINI_BASE_URL: model, GEMINI_API_KEY: 'made-up' }),
}

export const HOSTS: readonly Host[] = [claudeCode, codex, geminiCli]

function commandIn([command, ...args]: readonly string[]) {
  return { command, args }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
