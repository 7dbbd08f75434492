import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { enginesFolder, fetchOnce, isFetched } from './engines-folder.ts'
import { EngineMissing } from './errors.ts'
import { findProgram, runCommand } from './run-command.ts'

/** A program of Debian's, and the environment in which it finds its libraries. */
export interface DebianProgram {
  readonly program: string
  readonly env: Readonly<Record<string, string>>
}

export interface DebianPackage {
  /** As messages call it. */
  readonly engine: string
  readonly name: string
  /** Where the package has the program, such as `usr/sbin/haproxy`. */
  readonly path: string
}

/**
 * Finds a program on the PATH, or unpacks Debian's package, with the libraries that this machine lacks, beside the other
 * engines. That needs no root. Throws EngineMissing where there is neither.
 */
export async function debianProgram(
  wanted: DebianPackage,
  env: NodeJS.ProcessEnv = process.env,
): Promise<DebianProgram> {
  const { name, path } = wanted
  const found = await findProgram(path.split('/').at(-1) ?? name, env)
  if (found !== undefined) return { program: found, env: {} }
  const root = enginesFolder(env)
  const folder = `${name}-${process.arch}`
  if (!(await isFetched(folder, root))) await requireTools(wanted, env)
  const unpacked = await fetchOnce(folder, (into) => unpack(wanted, into), root)
  const libraries = (
    await Promise.all(['usr/lib', 'lib'].map((lib) => foldersIn(join(unpacked, lib))))
  ).flat()
  return { program: join(unpacked, path), env: { LD_LIBRARY_PATH: libraries.join(':') } }
}

/** With those for one kind of machine, such as `usr/lib/x86_64-linux-gnu`. */
async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return [folder, ...entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name))]
}

async function requireTools({ engine, name }: DebianPackage, env: NodeJS.ProcessEnv): Promise<void> {
  for (const tool of ['apt-get', 'dpkg'])
    if ((await findProgram(tool, env)) === undefined)
      throw new EngineMissing(
        engine,
        `there is no ${name} on the PATH and no ${tool} to unpack one with`,
        remedyOf(name),
      )
}

async function unpack({ engine, name }: DebianPackage, folder: string): Promise<void> {
  const download = await mkdtemp(join(tmpdir(), `sallyport-${name}-`))
  try {
    const fetched = await runCommand('apt-get', ['download', '-q', ...(await lackingFor(name))], download)
    const files = (await readdir(download)).filter((entry) => entry.endsWith('.deb'))
    if (!fetched.ok || files.length === 0) {
      const why = fetched.output.split('\n').findLast((line) => line.startsWith('E:')) ?? 'no package came'
      throw new EngineMissing(
        engine,
        `Debian's package could not be fetched (${why})`,
        `run apt-get update, or ${remedyOf(name)}`,
      )
    }
    for (const file of files) {
      const unpacked = await runCommand('dpkg', ['-x', join(download, file), folder])
      if (!unpacked.ok) throw new EngineMissing(engine, `dpkg could not unpack ${file}`, remedyOf(name))
    }
  } finally {
    await rm(download, { recursive: true, force: true })
  }
}

/** The package and what it needs besides; a simulation that installs nothing. */
async function lackingFor(name: string): Promise<readonly string[]> {
  const { output } = await runCommand('apt-get', ['-s', 'install', '--no-install-recommends', name])
  const named = [...output.matchAll(/^Inst (\S+)/gm)].map(([, one = '']) => one)
  return named.length > 0 ? named : [name]
}

function remedyOf(name: string): string {
  return `put ${name} on the PATH (Debian: apt-get install ${name})`
}
