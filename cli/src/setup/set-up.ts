import { SallyportError } from '@sallyport/runtime'
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import { readConfig } from './config-document.ts'
import { type ConfigFile, readConfigFile } from './config-file.ts'
import type { RewriteOptions, Upstream } from './entry-plan.ts'
import { ConfigMissing, NothingToUndo } from './errors.ts'
import { filesOf } from './locate.ts'
import { masked } from './mask.ts'
import { type Change, type NamedCommand, type Rewritten, rewrite } from './rewrite.ts'
import type { Place, Scope, Tool } from './tools.ts'
import { hasRecord, planUndo, writeRewritten, writeUndone } from './undo-record.ts'

export interface SetUpOptions extends Omit<RewriteOptions, 'scope' | 'upstreams'> {
  readonly scopes: readonly Scope[]
  readonly dryRun: boolean
  /** The differences of a user's own configurations, which nobody else reads. */
  readonly own?: Partial<Pick<RewriteOptions, 'launcher' | 'data'>>
}

/** The upstreams there are, and a way to add one. */
export interface Upstreams {
  list(): Promise<readonly Upstream[]>
  add(upstream: Upstream): Promise<void>
  /** Registers a server that is a command, where `sallyport mcp` will not do that by itself. */
  attach(server: NamedCommand): Promise<void>
}

/** The result for one file. */
export interface FileReport {
  readonly file: string
  /** Where the bytes are, if the file is a link. */
  readonly target: string
  readonly scope: Scope
  readonly changes: readonly Change[]
  /** Unified, without secrets; empty if nothing changes. */
  readonly difference: string
  /** The name of the backup beside the file; null if nothing was written. */
  readonly backup: string | null
  readonly warnings: readonly string[]
}

/**
 * Rewrites every configuration of the tool in the scopes. All files are planned before the first is written, and
 * upstreams are registered before a file names them; a fault in either leaves every file as it was.
 */
export async function setUp(
  tool: Tool,
  place: Place,
  options: SetUpOptions,
  upstreams: Upstreams,
): Promise<readonly FileReport[]> {
  const files = existing(tool, place, options.scopes)
  let known = needsUpstreams(tool, files, options) ? await upstreams.list() : []
  const plans: { file: ConfigFile; scope: Scope; rewritten: Rewritten }[] = []
  const missing: Upstream[] = []
  for (const { file, scope } of files) {
    const rewritten = named(file, () =>
      rewrite(file.text, tool, { ...inScope(options, scope), upstreams: known }),
    )
    const added = newUpstreams(rewritten.changes, known)
    missing.push(...added)
    known = [...known, ...added]
    plans.push({ file, scope, rewritten })
  }
  if (!options.dryRun) {
    for (const upstream of missing) await upstreams.add(upstream)
    for (const { rewritten } of plans) for (const server of rewritten.commands) await upstreams.attach(server)
  }
  return plans.map(({ file, scope, rewritten }) => {
    const changed = rewritten.text !== file.text
    const backup = changed && !options.dryRun ? writeRewritten(file, tool, rewritten) : null
    return reportOf(file, scope, tool, rewritten.text, { changes: rewritten.changes, backup, options })
  })
}

/** Throws ConfigMissing and what a file that cannot be read throws, before anything is made for it. */
export function requireConfiguration(tool: Tool, place: Place, scopes: readonly Scope[]): void {
  for (const { file } of existing(tool, place, scopes)) named(file, () => readConfig(file.text, tool.format))
}

/** Puts back every configuration that was rewritten; none of them is written if one cannot be. */
export function undoSetUp(
  tool: Tool,
  place: Place,
  { scopes, dryRun }: Pick<SetUpOptions, 'scopes' | 'dryRun'>,
): readonly FileReport[] {
  const files = existing(tool, place, scopes).filter(({ file }) => hasRecord(file))
  if (files.length === 0)
    throw new NothingToUndo(`no rewrite of a configuration of ${tool.title} is recorded`)
  const plans = files.map(({ file, scope }) => ({
    file,
    scope,
    undone: named(file, () => planUndo(file, tool)),
  }))
  return plans.map(({ file, scope, undone }) => {
    if (!dryRun) writeUndone(file, undone)
    const kept = [
      ...(undone.exact ? [] : ['other keys had changed since; they were kept']),
      'upstreams that setup added stay registered: sallyport upstream list',
    ]
    return reportOf(file, scope, tool, undone.text, { changes: [], backup: null, warnings: kept })
  })
}

function existing(
  tool: Tool,
  place: Place,
  scopes: readonly Scope[],
): readonly { readonly file: ConfigFile; readonly scope: Scope }[] {
  const looked = scopes.flatMap((scope) => filesOf(tool, scope, place).map((path) => ({ path, scope })))
  const found = looked.flatMap(({ path, scope }) => {
    const file = readConfigFile(path, scope === 'project' ? place.project : undefined)
    return file ? [{ file, scope }] : []
  })
  if (found.length === 0) throw new ConfigMissing(looked.map(({ path }) => path))
  // The home folder may be the project, and one path may be a link to another.
  return found.filter(({ file }, at) => found.findIndex((other) => other.file.target === file.target) === at)
}

/** Sallyport is asked only where an address is rewritten: commands alone need no Sallyport that runs. */
function needsUpstreams(
  tool: Tool,
  files: readonly { readonly file: ConfigFile; readonly scope: Scope }[],
  options: SetUpOptions,
): boolean {
  return files.some(({ file, scope }) =>
    named(file, () => rewrite(file.text, tool, { ...inScope(options, scope), upstreams: [] })).changes.some(
      ({ upstream, outcome }) => upstream || (outcome.kind === 'left' && outcome.register),
    ),
  )
}

function inScope({ own, ...options }: SetUpOptions, scope: Scope): Omit<RewriteOptions, 'upstreams'> {
  return { ...options, ...(scope === 'user' ? own : {}), scope }
}

function newUpstreams(changes: readonly Change[], known: readonly Upstream[]): Upstream[] {
  const names = new Set(known.map(({ name }) => name))
  return changes.flatMap(({ upstream }) => {
    if (!upstream || names.has(upstream.name)) return []
    names.add(upstream.name)
    return [upstream]
  })
}

/** Says in which file the fault is. */
function named<T>(file: ConfigFile, act: () => T): T {
  try {
    return act()
  } catch (reason) {
    if (reason instanceof SallyportError) reason.message = `${file.path}: ${reason.message}`
    throw reason
  }
}

interface Details {
  readonly changes: readonly Change[]
  readonly backup: string | null
  readonly options?: SetUpOptions
  readonly warnings?: readonly string[]
}

function reportOf(file: ConfigFile, scope: Scope, tool: Tool, text: string, details: Details): FileReport {
  const { path, target } = file
  const linked = path !== target ? [`${path} leads to ${target}, which is what is written`] : []
  const token = details.options?.gatewayToken
  const open = token && text.includes(token) && (file.mode & 0o077) !== 0 && process.platform !== 'win32'
  return {
    file: path,
    target,
    scope,
    changes: details.changes,
    difference: differenceOf(path, tool, file.text, text),
    backup: details.backup,
    warnings: [
      ...linked,
      ...(open ? [`others can read ${path}, and it holds the gateway's token`] : []),
      ...(details.backup && scope === 'project'
        ? [`the backup and the record beside ${path} may hold credentials; do not commit them`]
        : []),
      ...(details.warnings ?? []),
    ],
  }
}

function differenceOf(path: string, tool: Tool, before: string, after: string): string {
  if (before === after) return ''
  const shown = (text: string) => masked(text, readConfig(text, tool.format))
  return createTwoFilesPatch(path, path, shown(before), shown(after), 'before', 'after', {
    headerOptions: FILE_HEADERS_ONLY,
  })
}
