import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Beside the engines: kept between runs, and not in the repository. */
const FOLDER = fileURLToPath(new URL('../../.engines/hosts/', import.meta.url))

/** The versions that are tried. `docs/holds.md` names them. */
export const VERSIONS = {
  '@anthropic-ai/claude-code': '2.1.197',
  '@openai/codex': '0.171.0',
  '@google/gemini-cli': '0.61.0',
} as const

export type HostPackage = keyof typeof VERSIONS

/** Installs the hosts from npm where they are not there in these versions; 760 MB. */
export function installHosts(): void {
  const missing = Object.entries(VERSIONS).filter(([name, version]) => installedVersion(name) !== version)
  if (missing.length === 0) return
  mkdirSync(FOLDER, { recursive: true })
  const packages = missing.map(([name, version]) => `${name}@${version}`)
  execFileSync(
    'npm',
    ['install', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', FOLDER, ...packages],
    {
      stdio: 'inherit',
    },
  )
}

/** The path of a host's command. */
export function commandOf(name: string): string {
  return join(FOLDER, 'node_modules', '.bin', name)
}

function installedVersion(name: string): string | undefined {
  const manifest = join(FOLDER, 'node_modules', name, 'package.json')
  if (!existsSync(manifest)) return undefined
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}
