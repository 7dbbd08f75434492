import type { Upstream } from '../api/types.ts'
import { shellWord } from './shell-word.ts'

/** What a person pastes for a host to reach a server through Sallyport. */
export interface Instruction {
  readonly host: string
  /** Where it goes. */
  readonly where: string
  readonly text: string
}

export const TOKEN_VARIABLE = 'SALLYPORT_GATEWAY_TOKEN'

type Reached = Pick<Upstream, 'name' | 'connector' | 'path' | 'target' | 'credential'>

/**
 * For each host. The token is in a variable of the host's environment, and in no file. The forms are those that
 * `sallyport setup` writes, with the vendors' pages beside them in cli/src/setup/tools.ts.
 */
export function instructionsFor(upstream: Reached, proxy: string): readonly Instruction[] {
  const { name, connector, path, target } = upstream
  if (target.kind === 'attached') return [beside(name, target.command)]
  const url = `${proxy.replace(/\/+$/, '')}${path}`
  if (connector !== 'mcp') return [curlOf(upstream, url)]
  return [
    {
      host: 'Claude Code',
      where: '.mcp.json in the project, or mcpServers of ~/.claude.json',
      text: json({ mcpServers: { [name]: { type: 'http', url, headers: headers(upstream, braced) } } }),
    },
    { host: 'Codex', where: '~/.codex/config.toml', text: codexText(upstream, url) },
    {
      host: 'Gemini CLI',
      where: '~/.gemini/settings.json',
      text: json({ mcpServers: { [name]: { httpUrl: url, headers: headers(upstream, braced) } } }),
    },
    {
      host: 'Other hosts',
      where: 'wherever the host keeps its MCP servers; put the token itself in',
      text: json({
        mcpServers: { [name]: { type: 'http', url, headers: headers(upstream, 'THE-AGENTS-TOKEN') } },
      }),
    },
    curlOf(upstream, url),
  ]
}

const braced = `\${${TOKEN_VARIABLE}}`

/** A server that gets the agent's own credential has `Authorization` for itself. */
function headers({ credential }: Reached, token: string): Readonly<Record<string, string>> {
  return credential?.kind === 'passthrough'
    ? { 'Sallyport-Gateway': token }
    : { Authorization: `Bearer ${token}` }
}

function codexText({ name, credential }: Reached, url: string): string {
  const key = /^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name)
  const token =
    credential?.kind === 'passthrough'
      ? `env_http_headers = { "Sallyport-Gateway" = "${TOKEN_VARIABLE}" }`
      : `bearer_token_env_var = "${TOKEN_VARIABLE}"`
  return [`[mcp_servers.${key}]`, `url = ${JSON.stringify(url)}`, token].join('\n')
}

function curlOf(upstream: Reached, url: string): Instruction {
  const [[header, value] = ['', '']] = Object.entries(headers(upstream, `$${TOKEN_VARIABLE}`))
  const lines = [`curl -sS ${shellWord(url)}`, `-H "${header}: ${value}"`]
  if (upstream.connector === 'mcp')
    lines.push(
      `-H 'content-type: application/json' -H 'accept: application/json, text/event-stream'`,
      `-d '${JSON.stringify(INITIALIZE)}'`,
    )
  return { host: 'curl', where: 'a shell, to try whether it answers', text: lines.join(' \\\n  ') }
}

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'curl', version: '1' },
  },
}

function beside(name: string, command: readonly string[]): Instruction {
  return {
    host: 'Any host',
    where: "the host's entry for a server that is a command",
    text: ['sallyport', 'mcp', '--name', name, '--', ...command].map(shellWord).join(' '),
  }
}

const json = (value: object): string => JSON.stringify(value, null, 2)
