#!/usr/bin/env node
// The entry of the command. It stays plain JavaScript that any Node reads: where the Node on the path is older
// than the project's, it runs itself again under the one that npm installed.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const major = Number(process.versions.node.split('.')[0])

if (major >= 24) {
  // Compiled once and kept with the installed packages: two thirds of the time that a short command takes.
  nodeModule.enableCompileCache(
    fileURLToPath(new URL('../../node_modules/.cache/sallyport', import.meta.url)),
  )
  await import('../src/main.ts')
} else runAgain(projectNode())

/** In a clone the one of the package `node`; where it is installed, the one for this kind of machine. */
function projectNode() {
  const { platform, arch } = process
  const windows = platform === 'win32'
  const kinds = ['node', `node-${windows ? 'win' : platform}-${arch}`, `node-bin-${platform}-${arch}`]
  for (const kind of kinds) {
    try {
      const manifest = nodeModule.createRequire(import.meta.url).resolve(`${kind}/package.json`)
      const path = join(dirname(manifest), 'bin', windows ? 'node.exe' : 'node')
      if (existsSync(path)) return path
    } catch {
      // Not installed: the next one may be.
    }
  }
  process.stderr.write('sallyport: needs Node 24 or newer; run npm install in the project first\n')
  process.exit(1)
}

/** In its own process group, so that it gets each signal once: from here, and not from the terminal as well. */
function runAgain(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    // The channel tells it when this process is gone, also by kill -9.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    detached: process.platform !== 'win32',
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'])
    process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    process.stderr.write(`sallyport: cannot run the project's Node: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('close', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal]
  })
}
