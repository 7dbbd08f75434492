import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildInto } from './build.ts'
import { packedManifest } from './parts.ts'

/**
 * `npm pack` calls this before and after. Meanwhile package.json is the one of the package, as npm packs the file that it
 * finds; one that was left by a `pack` that was ended is put back first.
 */
const root = fileURLToPath(new URL('../../', import.meta.url))
const manifest = join(root, 'package.json')
const kept = join(root, 'package.json.clone')

if (existsSync(kept)) renameSync(kept, manifest)
if (process.argv[2] === 'before') {
  buildConsole()
  buildInto(root, join(root, 'dist'))
  const packed = packedManifest(root)
  cpSync(manifest, kept)
  writeFileSync(manifest, `${JSON.stringify(packed, null, 2)}\n`)
}

function buildConsole(): void {
  const { status } = spawnSync(process.execPath, [join(root, 'console/scripts/build.ts')], {
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('the console cannot be built: npm install first')
}
