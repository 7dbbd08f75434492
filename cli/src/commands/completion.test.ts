import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))

function sallyport(...words: readonly string[]): string {
  return execFileSync(process.execPath, [MAIN, ...words], { encoding: 'utf8' })
}

/** The words that can come next after these, of which the last may be a beginning. */
function next(...words: readonly string[]): string[] {
  return sallyport('complete', '--', ...words)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(':'))
    .map((line) => line.split('\t')[0] ?? '')
}

test.each([
  [['catal'], ['catalog']],
  [['catalog', 'di'], ['diff']],
  [
    ['log', '--verdict', ''],
    ['allow', 'deny', 'hold'],
  ],
  [['log', '--unt'], ['--until']],
  [['log', 'sh'], ['show']],
  [['approvals', 'list', '--status', 'exp'], ['expired']],
])('after %j can come %j', (words, expected) => {
  expect(next(...words)).toEqual(expected)
})

test.each(['bash', 'zsh', 'fish', 'powershell'])('the script for %s asks the command itself', (shell) => {
  expect(sallyport('completion', shell)).toMatch(/\bcomplete\b.*--/)
})

test('a bash without the package bash-completion completes too', () => {
  const script = `
    sallyport() { "$NODE" "$MAIN" "$@"; }
    compopt() { :; }
    source <(sallyport completion bash)
    COMP_WORDS=(sallyport log --verd) COMP_CWORD=2
    __sallyport_complete
    echo "\${COMPREPLY[@]}"`
  const env = { ...process.env, NODE: process.execPath, MAIN }
  const printed = execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8', env })
  expect(printed.trim()).toBe('--verdict')
})
