import { execFileSync } from 'node:child_process'

/** The TypeScript of the product itself, as git knows it (tests and benches left out), sorted. */
export function sourceFiles(): string[] {
  const folders = ['packages', 'services', 'standalone', 'cli', 'infra']
  return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...folders], {
    encoding: 'utf8',
  })
    .split('\n')
    .filter(
      (path) =>
        path.endsWith('.ts') &&
        !/\.(test|bench)\.ts$/.test(path) &&
        !path.includes('/testing/') &&
        !/\/bench\//.test(path),
    )
    .sort()
}
