import { expect, test } from 'vitest'
import { filesOf } from './locate.ts'
import { type Place, type Scope, TOOLS, type ToolName } from './tools.ts'

const LINUX: Place = { platform: 'linux', home: '/home/dev', project: '/work/shop', environment: {} }
const MAC: Place = { ...LINUX, platform: 'darwin', home: '/Users/dev' }
const WINDOWS: Place = { platform: 'win32', home: 'C:\\Users\\dev', project: 'D:\\shop', environment: {} }

const cases: [ToolName, Scope, Place, string[]][] = [
  ['claude', 'project', LINUX, ['/work/shop/.mcp.json']],
  [
    'claude',
    'user',
    LINUX,
    ['/home/dev/.claude.json', '/home/dev/.config/Claude/claude_desktop_config.json'],
  ],
  [
    'claude',
    'user',
    { ...LINUX, environment: { XDG_CONFIG_HOME: '/cfg' } },
    ['/home/dev/.claude.json', '/cfg/Claude/claude_desktop_config.json'],
  ],
  [
    'claude',
    'user',
    MAC,
    ['/Users/dev/.claude.json', '/Users/dev/Library/Application Support/Claude/claude_desktop_config.json'],
  ],
  [
    'claude',
    'user',
    WINDOWS,
    ['C:\\Users\\dev\\.claude.json', 'C:\\Users\\dev\\AppData\\Roaming\\Claude\\claude_desktop_config.json'],
  ],
  ['cursor', 'project', LINUX, ['/work/shop/.cursor/mcp.json']],
  ['cursor', 'user', WINDOWS, ['C:\\Users\\dev\\.cursor\\mcp.json']],
  ['vscode', 'project', WINDOWS, ['D:\\shop\\.vscode\\mcp.json']],
  ['vscode', 'user', LINUX, ['/home/dev/.config/Code/User/mcp.json']],
  ['vscode', 'user', MAC, ['/Users/dev/Library/Application Support/Code/User/mcp.json']],
  [
    'vscode',
    'user',
    { ...WINDOWS, environment: { APPDATA: 'E:\\Roaming' } },
    ['E:\\Roaming\\Code\\User\\mcp.json'],
  ],
  ['jetbrains', 'project', LINUX, ['/work/shop/.junie/mcp/mcp.json']],
  ['jetbrains', 'user', MAC, ['/Users/dev/.junie/mcp/mcp.json']],
  ['windsurf', 'project', LINUX, []],
  [
    'windsurf',
    'user',
    LINUX,
    ['/home/dev/.codeium/windsurf/mcp_config.json', '/home/dev/.codeium/mcp_config.json'],
  ],
  ['zed', 'project', LINUX, ['/work/shop/.zed/settings.json']],
  ['zed', 'user', LINUX, ['/home/dev/.config/zed/settings.json']],
  ['zed', 'user', { ...LINUX, environment: { XDG_CONFIG_HOME: '/cfg' } }, ['/cfg/zed/settings.json']],
  ['zed', 'user', MAC, ['/Users/dev/.config/zed/settings.json']],
  ['zed', 'user', WINDOWS, ['C:\\Users\\dev\\AppData\\Roaming\\Zed\\settings.json']],
  ['cline', 'project', LINUX, []],
  [
    'cline',
    'user',
    { ...LINUX, environment: { CLINE_MCP_SETTINGS_PATH: '/etc/cline.json' } },
    [
      '/etc/cline.json',
      '/home/dev/.config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json',
    ],
  ],
  ['codex', 'project', LINUX, ['/work/shop/.codex/config.toml']],
  ['codex', 'user', WINDOWS, ['C:\\Users\\dev\\.codex\\config.toml']],
  ['codex', 'user', { ...LINUX, environment: { CODEX_HOME: '/codex' } }, ['/codex/config.toml']],
  ['gemini', 'project', LINUX, ['/work/shop/.gemini/settings.json']],
  ['gemini', 'user', MAC, ['/Users/dev/.gemini/settings.json']],
]

test.each(cases)(
  '%s keeps its %s configuration where its documentation says (%o)',
  (name, scope, at, files) => {
    expect(filesOf(TOOLS[name], scope, at)).toEqual(files)
  },
)
