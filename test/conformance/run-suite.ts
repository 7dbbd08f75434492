import { spawn } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** One check as the suite reports it. An id can occur several times in a scenario. */
export interface Check {
  readonly scenario: string
  readonly id: string
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO'
  readonly errorMessage?: string
}

/** The party that is tested: the server at an address, or a client that a command starts. */
export type Subject = readonly ['server', '--url', string] | readonly ['client', '--command', string]

interface RunOptions {
  readonly scenario?: string | undefined
  readonly environment?: Readonly<Record<string, string>>
}

const SUITE = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/dist/index.js')
const LONGEST_RUN_MS = 5 * 60_000

/**
 * Runs what a revision requires of a server or client, or one scenario of it, and gives every check, in the order
 * they were made.
 */
export async function runSuite(
  subject: Subject,
  revision: string,
  { scenario, environment = {} }: RunOptions = {},
): Promise<readonly Check[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-conformance-'))
  const which = scenario ? ['--scenario', scenario, '--spec-version', revision] : ['--requirements', revision]
  try {
    const output = await ended([SUITE, ...subject, ...which, '-o', folder], environment)
    const checks = globSync(`{,auth/}*Z`, { cwd: folder })
      .sort()
      .flatMap((run) => checksOf(folder, run))
    if (checks.length === 0) throw new Error(`the suite made no check: ${output}`)
    return checks
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Its exit code tells of failures, which the checks tell more precisely. */
function ended(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_RUN_MS,
  })
  let output = ''
  const take = (chunk: Buffer) => {
    output += String(chunk)
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) =>
      code === null ? reject(new Error(`the suite did not end: ${output}`)) : resolve(output),
    )
  })
}

/** A run's folder is called by the role (a server's), the scenario, and the time in ISO 8601 with dashes in it. */
const RUN = /^(?:server-)?(?<scenario>.+?)-\d{4}-\d{2}-\d{2}T[\d-]+Z$/

function checksOf(folder: string, run: string): Check[] {
  const scenario = RUN.exec(run)?.groups?.['scenario'] ?? run
  const file = join(folder, run, 'checks.json')
  // A scenario that throws leaves an empty folder.
  if (!existsSync(file)) return [{ scenario, id: 'ran-to-its-end', status: 'FAILURE' }]
  const checks = JSON.parse(readFileSync(file, 'utf8')) as Omit<Check, 'scenario'>[]
  return checks.map((check) => ({ ...check, scenario }))
}
