import type { Path } from './operation.ts'

export type Scope = 'project' | 'user'

/** Where files are looked for. `config` and `appData` are the desktop's folders for settings. */
export interface Place {
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly project: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * How a tool is told the token it presents to the proxy. `reference`: it reads variables in header values;
 * `input`: it asks the person once and keeps the answer (VS Code); `variable`: a key of the entry names the
 * variable; `literal`: its documentation knows only the value itself.
 */
export type TokenForm =
  | { readonly kind: 'reference'; readonly to: (variable: string) => string }
  | { readonly kind: 'input'; readonly inputs: string }
  | { readonly kind: 'variable'; readonly key: string; readonly headers: readonly string[] }
  | { readonly kind: 'literal' }

/** The MCP configuration of a tool, by its documentation. */
export interface Tool {
  readonly title: string
  readonly format: 'json' | 'toml'
  /** Segments below the project or home folder; `$APPDATA` and `$CONFIG` stand for the desktop's folders. */
  readonly files: { readonly [scope in Scope]: readonly FileRule[] }
  /** Where servers are, by name; `*` is every key. */
  readonly containers: readonly Path[]
  /** The first that an entry has is its address. */
  readonly urlKeys: readonly string[]
  /** The key that addresses streamable HTTP, where others mean the older HTTP+SSE. */
  readonly streamableKey?: string
  /** The value of `type` for streamable HTTP; `required` when its absence means something else. */
  readonly type?: { readonly value: string; readonly required: boolean }
  readonly token: TokenForm
}

interface FileRule {
  readonly at: readonly string[]
  /** Only there. */
  readonly on?: readonly NodeJS.Platform[]
  /** This variable names the file itself, or with `in` a folder that the path is below, instead. */
  readonly variable?: string
  readonly in?: readonly string[]
}

const braces = (variable: string) => `\${${variable}}`
const envBraces = (variable: string) => `\${env:${variable}}`
const MCP_SERVERS = [['mcpServers']]

/** Checked against the pages that are named. Facts that they do not have are marked unconfirmed. */
export const TOOLS = {
  // https://code.claude.com/docs/en/mcp: .mcp.json; ~/.claude.json with mcpServers at the top (user) and below
  // projects.<folder> (local); type http, sse, stdio; ${VAR} and ${VAR:-default} in command, args, env, url, headers.
  // Claude Desktop: https://modelcontextprotocol.io/docs/develop/connect-local-servers (macOS and Windows);
  // on Linux it is in the desktop's folder for settings (from its builds there, unconfirmed).
  claude: {
    title: 'Claude Code and Claude Desktop',
    format: 'json',
    files: {
      project: [{ at: ['.mcp.json'] }],
      user: [{ at: ['.claude.json'] }, { at: ['$APPDATA', 'Claude', 'claude_desktop_config.json'] }],
    },
    containers: [['mcpServers'], ['projects', '*', 'mcpServers']],
    urlKeys: ['url'],
    type: { value: 'http', required: true },
    token: { kind: 'reference', to: braces },
  },
  // https://cursor.com/docs/mcp: .cursor/mcp.json, ~/.cursor/mcp.json; url and headers; ${env:NAME} in command, args,
  // env, url, headers. The page was read through others' quotations: not confirmed at first hand.
  cursor: {
    title: 'Cursor',
    format: 'json',
    files: { project: [{ at: ['.cursor', 'mcp.json'] }], user: [{ at: ['.cursor', 'mcp.json'] }] },
    containers: MCP_SERVERS,
    urlKeys: ['url'],
    type: { value: 'http', required: false },
    token: { kind: 'reference', to: envBraces },
  },
  // https://code.visualstudio.com/docs/agents/reference/mcp-configuration: .vscode/mcp.json and the user profile's
  // mcp.json; servers, inputs; types stdio, http, sse; ${input:id}. Where the default profile's file lies is not on the
  // page (unconfirmed). ${env:…} in headers is not replaced: https://github.com/microsoft/vscode/issues/336232.
  vscode: {
    title: 'VS Code',
    format: 'json',
    files: {
      project: [{ at: ['.vscode', 'mcp.json'] }],
      user: [{ at: ['$APPDATA', 'Code', 'User', 'mcp.json'] }],
    },
    containers: [['servers']],
    urlKeys: ['url'],
    type: { value: 'http', required: false },
    token: { kind: 'input', inputs: 'inputs' },
  },
  // https://junie.jetbrains.com/docs/junie-cli-mcp-configuration.html: .junie/mcp/mcp.json in the project and at home,
  // shared by the IDE plugin and the command; url and headers without a type (read through others' quotations;
  // variables in headers unconfirmed). AI Assistant keeps its servers in the IDE's own settings: not a file to edit.
  jetbrains: {
    title: 'JetBrains Junie',
    format: 'json',
    files: {
      project: [{ at: ['.junie', 'mcp', 'mcp.json'] }],
      user: [{ at: ['.junie', 'mcp', 'mcp.json'] }],
    },
    containers: MCP_SERVERS,
    urlKeys: ['url'],
    token: { kind: 'literal' },
  },
  // https://docs.devin.ai/desktop/cascade/mcp (was docs.windsurf.com/windsurf/cascade/mcp): one file at home, another
  // for the plugins; serverUrl or url; ${env:NAME} in command, args, env, serverUrl, url, headers. No project file.
  windsurf: {
    title: 'Windsurf',
    format: 'json',
    files: {
      project: [],
      user: [{ at: ['.codeium', 'windsurf', 'mcp_config.json'] }, { at: ['.codeium', 'mcp_config.json'] }],
    },
    containers: MCP_SERVERS,
    urlKeys: ['serverUrl', 'url'],
    token: { kind: 'reference', to: envBraces },
  },
  // https://zed.dev/docs/ai/mcp and https://zed.dev/docs/configuring-zed: context_servers in settings.json; url and
  // headers; older entries nest command {path, args, env}. Variables in headers are not expanded:
  // https://github.com/zed-industries/zed/issues/60459. The Windows folder is unconfirmed.
  zed: {
    title: 'Zed',
    format: 'json',
    files: {
      project: [{ at: ['.zed', 'settings.json'] }],
      user: [
        { at: ['.config', 'zed', 'settings.json'], on: ['darwin'] },
        { at: ['$CONFIG', 'zed', 'settings.json'], on: ['linux'] },
        { at: ['$APPDATA', 'Zed', 'settings.json'], on: ['win32'] },
      ],
    },
    containers: [['context_servers']],
    urlKeys: ['url'],
    token: { kind: 'literal' },
  },
  // https://docs.cline.bot/getting-started/config: ~/.cline/data/settings/cline_mcp_settings.json for all its
  // applications (CLINE_MCP_SETTINGS_PATH names another); https://docs.cline.bot/mcp/adding-and-configuring-servers:
  // url without a type is the older SSE. type streamableHttp and the extension's older file in VS Code's
  // storage are from its source and users (unconfirmed). No variables in headers, no project file documented.
  cline: {
    title: 'Cline',
    format: 'json',
    files: {
      project: [],
      user: [
        {
          at: ['.cline', 'data', 'settings', 'cline_mcp_settings.json'],
          variable: 'CLINE_MCP_SETTINGS_PATH',
        },
        {
          at: [
            ...['$APPDATA', 'Code', 'User', 'globalStorage', 'saoudrizwan.claude-dev'],
            ...['settings', 'cline_mcp_settings.json'],
          ],
        },
      ],
    },
    containers: MCP_SERVERS,
    urlKeys: ['url'],
    type: { value: 'streamableHttp', required: true },
    token: { kind: 'literal' },
  },
  // https://developers.openai.com/codex/mcp: [mcp_servers.<name>] in ~/.codex/config.toml and, in trusted projects,
  // .codex/config.toml; url, bearer_token_env_var, http_headers, env_http_headers, enabled. CODEX_HOME is from
  // https://developers.openai.com/codex/config-advanced (unconfirmed).
  codex: {
    title: 'Codex',
    format: 'toml',
    files: {
      project: [{ at: ['.codex', 'config.toml'] }],
      user: [{ at: ['.codex', 'config.toml'], variable: 'CODEX_HOME', in: ['config.toml'] }],
    },
    containers: [['mcp_servers']],
    urlKeys: ['url'],
    token: { kind: 'variable', key: 'bearer_token_env_var', headers: ['http_headers', 'env_http_headers'] },
  },
  // https://geminicli.com/docs/tools/mcp-server: ~/.gemini/settings.json and .gemini/settings.json; httpUrl is
  // streamable HTTP, url is SSE; $VAR and ${VAR} in any string value
  // (https://geminicli.com/docs/cli/configuration).
  gemini: {
    title: 'Gemini CLI',
    format: 'json',
    files: { project: [{ at: ['.gemini', 'settings.json'] }], user: [{ at: ['.gemini', 'settings.json'] }] },
    containers: MCP_SERVERS,
    urlKeys: ['httpUrl', 'url'],
    streamableKey: 'httpUrl',
    type: { value: 'http', required: false },
    token: { kind: 'reference', to: braces },
  },
} as const satisfies Record<string, Tool>

export type ToolName = keyof typeof TOOLS
export const TOOL_NAMES = Object.keys(TOOLS) as ToolName[]
