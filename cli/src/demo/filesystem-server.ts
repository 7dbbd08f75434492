import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { StdioCommand } from './stdio-bridge.ts'

/** How to start `@modelcontextprotocol/server-filesystem` from npm over one folder. */
export function filesystemServer(folder: string): StdioCommand {
  const manifest = createRequire(import.meta.url).resolve(
    '@modelcontextprotocol/server-filesystem/package.json',
  )
  return { command: process.execPath, args: [join(dirname(manifest), 'dist', 'index.js'), folder] }
}
