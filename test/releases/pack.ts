import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

/**
 * `npm run pack:release [COMMIT]`: keeps what reads and writes the log in that commit (default HEAD) as
 * `packed/<commit>.tar.gz`, with its published schemas and samples. The tests run it against the current release.
 */
const PARTS = [
  'packages/approval',
  'packages/control',
  'packages/event-log',
  'packages/events',
  'packages/policy',
  'packages/runtime',
  'services/approvals/src',
  'services/audit/src/domain',
  'services/audit/src/testing',
  'proto/events',
  ':(exclude)**/*.test.ts',
]
/** A commit from before these were there gets today's, which it must be able to run. */
const SCRIPTS = ['read-log', 'read-rows', 'write-log'].map((script) => `test/releases/${script}.ts`)

const folder = new URL('./packed/', import.meta.url)
const root = git('rev-parse', '--show-toplevel').toString().trim()
const commit = git('rev-parse', '--short', process.argv[2] ?? 'HEAD')
  .toString()
  .trim()
const has = new Set(
  git('ls-tree', '-r', '--name-only', commit, ...SCRIPTS)
    .toString()
    .split('\n'),
)
const added = SCRIPTS.filter((path) => !has.has(path)).flatMap((path) => [
  '--prefix=test/releases/',
  `--add-file=${path}`,
])
const kept = SCRIPTS.filter((path) => has.has(path))
const tar = git('-C', root, 'archive', '--format=tar', ...added, '--prefix=', commit, ...PARTS, ...kept)
writeFileSync(new URL(`${commit}.tar.gz`, folder), gzipSync(tar, { level: 9 }))

function git(...args: readonly string[]): Buffer {
  return execFileSync('git', args, { maxBuffer: 256 * 1024 * 1024 })
}
