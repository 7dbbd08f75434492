import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { type Manifest, manifestOf, partsOf } from './parts.ts'

/** What the code reads at run time and is not code, at the places where it looks for it. */
const DATA = [
  'proto/**/*.{proto,json}',
  'infra/clickhouse/migrations/*.sql',
  '{packages,services}/*/src/**/*.{html,css,js,json}',
  'console/dist/**/*.*',
]
/** Neither tests nor what only tests and the build use. */
const LEFT_OUT = /\.(?:test|bench)\.ts$|\/testing\/|\/samples\/|\/protos\/|^proto\/baseline/

/**
 * The code as JavaScript, in the folders that it has here. Node strips no types below node_modules, where a package that
 * is installed lies. The packages of this project are no packages there: they import each other by paths.
 */
export function buildInto(root: string, target: string): void {
  rmSync(target, { recursive: true, force: true })
  const parts = partsOf(root)
  const manifests = new Map(parts.map((part) => [manifestOf(root, part).name, part]))
  const own = (pattern: string) =>
    globSync(pattern, { cwd: root }).filter((path) => !LEFT_OUT.test(path) && !path.includes('node_modules'))
  for (const path of own(`{${parts.join(',')}}/src/**/*.ts`)) {
    const code = stripTypeScriptTypes(readFileSync(join(root, path), 'utf8'))
    write(join(target, path.replace(/\.ts$/, '.js')), withPaths(code, path, root, manifests))
  }
  const bin = 'cli/bin/sallyport.js'
  write(join(target, bin), withPaths(readFileSync(join(root, bin), 'utf8'), bin, root, manifests))
  for (const path of DATA.flatMap(own)) {
    mkdirSync(dirname(join(target, path)), { recursive: true })
    cpSync(join(root, path), join(target, path))
  }
}

/** A file of ours is named by a path with its ending, and a package of ours by its name and what it exports. */
function withPaths(code: string, path: string, root: string, parts: ReadonlyMap<string, string>): string {
  return code
    .replaceAll(/(['"])(\.\.?\/[^'"\n]*)\.ts\1/g, '$1$2.js$1')
    .replaceAll(
      /(['"])(@sallyport\/[a-z-]+)(\/[a-z-/]+)?\1/g,
      (whole, quote: string, name: string, sub?: string) => {
        const part = parts.get(name)
        const entry = part === undefined ? undefined : exported(manifestOf(root, part), sub ?? '')
        if (part === undefined || entry === undefined) return whole
        const way = relative(dirname(path), join(part, entry)).replaceAll('\\', '/').replace(/\.ts$/, '.js')
        return `${quote}${way.startsWith('.') ? way : `./${way}`}${quote}`
      },
    )
}

function exported({ exports }: Manifest, sub: string): string | undefined {
  if (typeof exports === 'string') return sub === '' ? exports : undefined
  return exports?.[`.${sub}`]
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
