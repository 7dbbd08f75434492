import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

interface Manifest {
  readonly name: string
  readonly workspaces?: readonly string[]
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

const read = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'))
const root = read('package.json') as Manifest
const lock = read('package-lock.json') as { readonly packages: Readonly<Record<string, Manifest>> }
const manifests = globSync(
  (root.workspaces ?? []).map((folder) => `${folder}/package.json`),
  { cwd: ROOT },
)

/** What npm install compares; where they differ it writes the lock file anew, and a fresh clone is not clean. */
test.each(['package.json', ...manifests])('the lock file has what %s asks for', (path) => {
  const { dependencies = {}, devDependencies = {} } = read(path) as Manifest
  const locked = lock.packages[path === 'package.json' ? '' : dirname(path)]
  expect(locked?.dependencies ?? {}).toEqual(dependencies)
  expect(locked?.devDependencies ?? {}).toEqual(devDependencies)
})
