import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfigFile, replaceConfigFile } from './config-file.ts'
import type { Upstream } from './entry-plan.ts'
import {
  ConfigChangedMeanwhile,
  ConfigLeavesProject,
  ConfigMissing,
  ConfigNotText,
  ConfigUnparsable,
  NothingToUndo,
  UndoRefused,
} from './errors.ts'
import { type SetUpOptions, setUp, type Upstreams, undoSetUp } from './set-up.ts'
import { OPTIONS, SAMPLES, sampleOf } from './testing/samples.ts'
import { type Place, TOOLS, type Tool } from './tools.ts'

const BOTH: SetUpOptions = { ...OPTIONS, scopes: ['project', 'user'], dryRun: false }
const USER = { scopes: ['user'], dryRun: false } as const

function place(): Place {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sallyport-setup-')))
  const [home, project] = [join(folder, 'home'), join(folder, 'project')]
  mkdirSync(home)
  mkdirSync(project)
  return { platform: 'linux', home, project, environment: {} }
}

function put(path: string, text: string | Uint8Array, mode = 0o644): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

function memoryUpstreams(known: Upstream[] = []): Upstreams & { readonly known: Upstream[] } {
  return {
    known,
    list: async () => [...known],
    add: async (upstream) => {
      known.push(upstream)
    },
    attach: async () => {},
  }
}

const noSallyport: Upstreams = {
  list: () => Promise.reject(new Error('asked')),
  add: () => Promise.reject(new Error('asked')),
  attach: async () => {},
}

const read = (path: string) => readFileSync(path, 'utf8')
const COMMANDS = '{ "mcpServers": { "a": { "command": "npx" } } }\n'
const cursorIn = (folder: string) => join(folder, '.cursor', 'mcp.json')

/** A sample as a user's file of Cursor or, for TOML, of Codex. */
async function rewritten(name: string) {
  const { tool, options, before } = sampleOf(name)
  const at = place()
  const path = put(
    name === 'codex' ? join(at.home, '.codex', 'config.toml') : userFile(tool, at),
    before,
    0o640,
  )
  const run = { ...BOTH, ...options, scopes: ['user'] } as SetUpOptions
  await setUp(tool, at, run, memoryUpstreams())
  return { tool, at, path, before, run }
}

function userFile(tool: Tool, at: Place): string {
  return join(
    at.home,
    ...(tool.files.user[0]?.at ?? []).map((part) => (part === '$APPDATA' ? '.config' : part)),
  )
}

describe('setting up', () => {
  test('both scopes are rewritten, and the upstreams are there before a file names them', async () => {
    const at = place()
    const project = put(join(at.project, '.mcp.json'), sampleOf('claude-project').before)
    const user = put(join(at.home, '.claude.json'), sampleOf('claude-user').before)
    const upstreams = memoryUpstreams()
    const seen: string[] = []
    const watching = {
      list: upstreams.list,
      add: async (upstream: Upstream) => {
        seen.push(read(project))
        await upstreams.add(upstream)
      },
      attach: upstreams.attach,
    }
    const reports = await setUp(TOOLS.claude, at, BOTH, watching)
    expect(read(project)).toBe(sampleOf('claude-project').after)
    expect(read(user)).toBe(sampleOf('claude-user').after)
    expect(upstreams.known.map(({ name }) => name)).toEqual(['issue-tracker', 'old-events'])
    expect(new Set(seen)).toEqual(new Set([sampleOf('claude-project').before]))
    expect(reports.map(({ scope }) => scope)).toEqual(['project', 'user'])
  })

  test('a second run writes nothing and adds nothing', async () => {
    const at = place()
    const path = put(cursorIn(at.project), sampleOf('cursor').before)
    const upstreams = memoryUpstreams()
    await setUp(TOOLS.cursor, at, BOTH, upstreams)
    const [files, inode] = [readdirSync(dirname(path)), statSync(path).ino]
    const [report] = await setUp(TOOLS.cursor, at, BOTH, upstreams)
    expect(report).toMatchObject({ backup: null, difference: '' })
    expect([readdirSync(dirname(path)), statSync(path).ino]).toEqual([files, inode])
    expect(upstreams.known.length).toBe(2)
  })

  test('a dry run shows the difference and writes nothing', async () => {
    const at = place()
    const path = put(cursorIn(at.project), sampleOf('cursor').before)
    const upstreams = memoryUpstreams()
    const [report] = await setUp(TOOLS.cursor, at, { ...BOTH, dryRun: true }, upstreams)
    expect(report?.difference).toContain('-      "command": "npx", // from the registry')
    expect(report?.difference).toContain('+      "command": "sallyport", // from the registry')
    expect(read(path)).toBe(sampleOf('cursor').before)
    expect(readdirSync(dirname(path))).toEqual(['mcp.json'])
    expect(upstreams.known).toEqual([])
  })

  test('commands alone need no Sallyport that answers', async () => {
    const at = place()
    put(cursorIn(at.home), COMMANDS)
    await expect(setUp(TOOLS.cursor, at, BOTH, noSallyport)).resolves.toHaveLength(1)
  })

  test('an upstream that is refused leaves every file as it was', async () => {
    const at = place()
    const path = put(cursorIn(at.project), sampleOf('cursor').before)
    const refusing = {
      list: async () => [],
      add: () => Promise.reject(new Error('refused')),
      attach: async () => {},
    }
    await expect(setUp(TOOLS.cursor, at, BOTH, refusing)).rejects.toThrow('refused')
    expect(readdirSync(dirname(path))).toEqual(['mcp.json'])
    expect(read(path)).toBe(sampleOf('cursor').before)
  })

  test('one file that cannot be parsed leaves the others as they were, and is named', async () => {
    const at = place()
    const good = put(cursorIn(at.project), COMMANDS)
    const bad = put(cursorIn(at.home), '{ "mcpServers": ')
    const run = setUp(TOOLS.cursor, at, BOTH, memoryUpstreams())
    await expect(run).rejects.toThrow(ConfigUnparsable)
    await expect(run).rejects.toThrow(`${bad}: line 1, column`)
    expect([read(good), readdirSync(dirname(good)), readdirSync(dirname(bad))]).toEqual([
      COMMANDS,
      ['mcp.json'],
      ['mcp.json'],
    ])
  })

  test('no configuration: refused with where it was looked for', async () => {
    const at = place()
    const run = setUp(TOOLS.cursor, at, BOTH, noSallyport)
    await expect(run).rejects.toThrow(ConfigMissing)
    await expect(run).rejects.toThrow(`${cursorIn(at.project)}, ${cursorIn(at.home)}`)
  })

  test('an empty file is left empty', async () => {
    const at = place()
    const path = put(cursorIn(at.home), '')
    const [report] = await setUp(TOOLS.cursor, at, BOTH, noSallyport)
    expect(report).toMatchObject({ difference: '', backup: null, changes: [] })
    expect(readdirSync(dirname(path))).toEqual(['mcp.json'])
  })

  test('what is not UTF-8 is refused', async () => {
    const at = place()
    put(cursorIn(at.home), Uint8Array.of(0xff, 0xfe, 0x7b, 0x00))
    await expect(setUp(TOOLS.cursor, at, BOTH, noSallyport)).rejects.toThrow(ConfigNotText)
  })
})

describe('what is kept', () => {
  test.each([0o600, 0o644, 0o664])(
    'the mode %o of the file; backup and record are the owner’s alone',
    async (mode) => {
      const at = place()
      const path = put(cursorIn(at.home), COMMANDS, mode)
      const [report] = await setUp(TOOLS.cursor, at, BOTH, noSallyport)
      const { mode: now, uid, gid } = statSync(path)
      expect([now & 0o777, uid, gid]).toEqual([mode, process.getuid?.(), process.getgid?.()])
      const beside = readdirSync(dirname(path)).filter((name) => name !== 'mcp.json')
      expect(beside.length).toBe(2)
      for (const name of beside) expect(statSync(join(dirname(path), name)).mode & 0o777).toBe(0o600)
      expect(report?.backup).toMatch(/^mcp\.json\.sallyport-[0-9a-f]{16}\.bak$/)
      expect(read(join(dirname(path), report?.backup ?? ''))).toBe(COMMANDS)
    },
  )

  test('a file that changed since it was read is not written, and no temporary file is left', () => {
    const at = place()
    const path = put(cursorIn(at.home), COMMANDS)
    const file = readConfigFile(path)
    if (!file) throw new Error('no file')
    writeFileSync(path, '{}')
    expect(() => replaceConfigFile(file, 'ours')).toThrow(ConfigChangedMeanwhile)
    expect([read(path), readdirSync(dirname(path))]).toEqual(['{}', ['mcp.json']])
  })
})

describe('links', () => {
  test('a project’s link to outside the project is not followed', async () => {
    const at = place()
    const other = put(join(at.home, 'settings.json'), COMMANDS)
    mkdirSync(join(at.project, '.cursor'))
    symlinkSync(other, cursorIn(at.project))
    await expect(setUp(TOOLS.cursor, at, BOTH, noSallyport)).rejects.toThrow(ConfigLeavesProject)
    expect(read(other)).toBe(COMMANDS)
  })

  test('a linked folder is not followed either', async () => {
    const at = place()
    const other = put(join(at.home, 'elsewhere', 'mcp.json'), COMMANDS)
    symlinkSync(dirname(other), join(at.project, '.cursor'))
    await expect(setUp(TOOLS.cursor, at, BOTH, noSallyport)).rejects.toThrow(ConfigLeavesProject)
    expect(read(other)).toBe(COMMANDS)
  })

  test('a user’s own link is followed and said; it stays a link, and the backup lies beside the bytes', async () => {
    const at = place()
    const other = put(join(at.home, 'dotfiles', 'cursor.json'), COMMANDS)
    mkdirSync(join(at.home, '.cursor'))
    symlinkSync(other, cursorIn(at.home))
    const [report] = await setUp(TOOLS.cursor, at, BOTH, noSallyport)
    expect(report?.warnings.join()).toContain(`leads to ${other}`)
    expect(realpathSync(cursorIn(at.home))).toBe(other)
    expect(read(other)).toContain('sallyport')
    expect(readdirSync(dirname(other))).toContain(report?.backup)
    undoSetUp(TOOLS.cursor, at, USER)
    expect([read(other), readdirSync(dirname(other))]).toEqual([COMMANDS, [basename(other)]])
  })
})

describe('undoing', () => {
  test.each(SAMPLES.map(({ name }) => name))(
    '%s: to the byte what it was, and nothing of ours is left',
    async (name) => {
      const { tool, at, path, before } = await rewritten(name)
      expect(read(path)).not.toBe(before)
      undoSetUp(tool, at, USER)
      expect(read(path)).toBe(before)
      expect(statSync(path).mode & 0o777).toBe(0o640)
      expect(readdirSync(dirname(path))).toEqual([basename(path)])
    },
  )

  test('a dry run shows it and writes nothing', async () => {
    const { tool, at, path, run } = await rewritten('cursor')
    const before = [read(path), readdirSync(dirname(path))]
    const [report] = undoSetUp(tool, at, { ...run, dryRun: true })
    expect(report?.difference).toContain('+      "command": "npx", // from the registry')
    expect([read(path), readdirSync(dirname(path))]).toEqual(before)
  })

  test('other keys that changed since are kept', async () => {
    const { tool, at, path, before } = await rewritten('zed')
    const change = (text: string) =>
      text.replace('"One Dark"', '"One Light"').replace('true', 'false, // not now')
    writeFileSync(path, change(read(path)))
    const [report] = undoSetUp(tool, at, USER)
    expect(read(path)).toBe(change(before))
    expect(report?.warnings.join()).toContain('other keys had changed')
  })

  test('other servers that were added since are kept', async () => {
    const { tool, at, path, before } = await rewritten('windsurf')
    const add = (text: string) =>
      text.replace('"mcpServers": {', '"mcpServers": {\n    "new": { "command": "new" },')
    writeFileSync(path, add(read(path)))
    undoSetUp(tool, at, USER)
    expect(read(path)).toBe(add(before))
  })

  test('the same in TOML', async () => {
    const { tool, at, path, before } = await rewritten('codex')
    const change = (text: string) =>
      `${text.replace('"gpt-5"', '"gpt-6"')}\n[mcp_servers.new]\ncommand = "new"\n`
    writeFileSync(path, change(read(path)))
    undoSetUp(tool, at, USER)
    expect(read(path)).toBe(change(before))
  })

  test('VS Code’s inputs that we added are taken out again', async () => {
    const { tool, at, path, before } = await rewritten('vscode')
    writeFileSync(path, read(path).replace('// Asked once', '// Asked only once'))
    undoSetUp(tool, at, USER)
    expect(read(path)).toBe(before.replace('// Asked once', '// Asked only once'))
  })

  test.each([
    ['cursor', '"--headless"', '"--headed"', 'mcpServers.playwright'],
    ['codex', '"--verbose"', '"--quiet"', 'mcp_servers.many'],
    ['codex', 'startup_timeout_sec = 20', 'startup_timeout_sec = 30', 'mcp_servers.context7'],
  ])('%s: a server that was changed since is not lost: refused', async (name, from, to, said) => {
    const { tool, at, path } = await rewritten(name)
    const changed = read(path).replace(from, to)
    writeFileSync(path, changed)
    const files = readdirSync(dirname(path))
    expect(() => undoSetUp(tool, at, USER)).toThrow(UndoRefused)
    expect(() => undoSetUp(tool, at, USER)).toThrow(said)
    expect([read(path), readdirSync(dirname(path))]).toEqual([changed, files])
  })

  test('two runs with a change between them are both undone', async () => {
    const { tool, at, path, before, run } = await rewritten('jetbrains')
    const add = (text: string) =>
      text.replace('"mcpServers": {', '"mcpServers": {\n    "new": { "command": "new" },')
    writeFileSync(path, add(read(path)))
    await setUp(tool, at, run, memoryUpstreams())
    expect(read(path)).toContain('"--name", "new"')
    undoSetUp(tool, at, USER)
    expect(read(path)).toBe(add(before))
    expect(readdirSync(dirname(path))).toEqual([basename(path)])
  })

  test('a rewrite that was recorded but not made is undone by doing nothing', async () => {
    const { tool, at, path, before } = await rewritten('cline')
    writeFileSync(path, before)
    undoSetUp(tool, at, USER)
    expect(read(path)).toBe(before)
  })

  test('a backup that was changed is not restored', async () => {
    const { tool, at, path } = await rewritten('gemini')
    const backup = readdirSync(dirname(path)).find((name) => name.endsWith('.bak')) ?? ''
    writeFileSync(join(dirname(path), backup), '{}')
    expect(() => undoSetUp(tool, at, USER)).toThrow(NothingToUndo)
  })

  test('without a record there is nothing to undo', () => {
    const at = place()
    put(cursorIn(at.home), COMMANDS)
    expect(() => undoSetUp(TOOLS.cursor, at, USER)).toThrow(NothingToUndo)
  })
})

describe('what is shown', () => {
  test.each(SAMPLES)('of $name has no secret in it', async ({ tool, options, before }) => {
    const at = place()
    put(userFile(tool, at), before)
    const run = { ...BOTH, ...options, scopes: ['user'], dryRun: true } as SetUpOptions
    const shown = JSON.stringify(await setUp(tool, at, run, memoryUpstreams()))
    expect(shown).not.toMatch(/made-up/)
  })

  test('references to variables are shown', async () => {
    const at = place()
    put(cursorIn(at.home), sampleOf('cursor').before)
    const [report] = await setUp(
      TOOLS.cursor,
      at,
      { ...BOTH, prefersVariable: true, dryRun: true },
      memoryUpstreams(),
    )
    expect(report?.difference).toContain('"$' + '{env:SALLYPORT_GATEWAY_TOKEN}"')
    expect(report?.difference).toContain('"Authorization": "…hidden…"')
  })

  test('others can read a file that holds the token: said', async () => {
    const at = place()
    put(userFile(TOOLS.zed, at), sampleOf('zed').before, 0o644)
    const [report] = await setUp(TOOLS.zed, at, BOTH, memoryUpstreams())
    expect(report?.warnings.join()).toContain('others can read')
  })
})
