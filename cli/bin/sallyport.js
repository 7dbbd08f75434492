#!/usr/bin/env node
// The entry of the command. It stays plain JavaScript that any Node reads: where the Node on the path is older
// than the project's, it runs itself again under the one that npm installed.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const major = Number(process.versions.node.split('.')[0])

if (major >= 24) {
  await import('../src/main.ts')
} else {
  process.exitCode = runAgain(projectNode())
}

function projectNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve('node/package.json')
    return join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  } catch {
    process.stderr.write('sallyport: needs Node 24 or newer; run npm install in the project first\n')
    process.exit(1)
  }
}

function runAgain(node) {
  const ignore = () => {}
  process.on('SIGINT', ignore)
  process.on('SIGTERM', ignore)
  const child = spawnSync(node, [new URL(import.meta.url).pathname, ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  if (child.error) {
    process.stderr.write(`sallyport: cannot run the project's Node: ${child.error.message}\n`)
    return 1
  }
  return child.status ?? 1
}
