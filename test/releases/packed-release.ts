import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))
const PACKED = fileURLToPath(new URL('./packed/', import.meta.url))

/** A release as a folder in which its own code runs. */
export interface Release {
  /** Where it is; `packages/`, `proto/events/` and so on are in it. */
  readonly folder: string
  /** Runs one of its scripts under `test/releases/` and returns what it printed. Throws when it fails. */
  run(script: 'read-log' | 'read-rows' | 'write-log', ...args: readonly string[]): string
}

/** The release that is being developed. */
export const current: Release = { folder: REPOSITORY, run: runnerIn(REPOSITORY) }

/** The commits of the releases that are kept, from `npm run pack:release`. */
export function packedCommits(): string[] {
  return readdirSync(PACKED).map((file) => file.replace('.tar.gz', ''))
}

/**
 * An earlier release, unpacked into a temporary folder. Its dependencies from outside are the ones that are installed
 * here.
 */
export function unpack(commit: string): Release & Disposable {
  const folder = mkdtempSync(join(tmpdir(), `sallyport-${commit}-`))
  execFileSync('tar', ['-xzf', join(PACKED, `${commit}.tar.gz`), '-C', folder])
  linkModules(folder)
  return {
    folder,
    run: runnerIn(folder),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** `@sallyport/*` is the release's own, everything else what this checkout has. */
function linkModules(folder: string): void {
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '@sallyport'), { recursive: true })
  for (const name of readdirSync(join(REPOSITORY, 'node_modules'))) {
    if (!name.startsWith('.') && name !== '@sallyport')
      symlinkSync(join(REPOSITORY, 'node_modules', name), join(modules, name))
  }
  for (const name of readdirSync(join(folder, 'packages'))) {
    const path = join(folder, 'packages', name)
    const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as { readonly name: string }
    const link = join(modules, manifest.name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(path, link)
  }
}

function runnerIn(folder: string): Release['run'] {
  return (script, ...args) =>
    execFileSync(process.execPath, [join(folder, 'test/releases', `${script}.ts`), ...args], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
}
