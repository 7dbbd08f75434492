import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { setupCommand } from './command.ts'
import { ownLauncher, sharedLauncher } from './launcher.ts'
import { TOOL_NAMES } from './tools.ts'

test('the command takes every tool that the table has, and nothing else', () => {
  const [tool] = setupCommand().registeredArguments
  expect(tool?.argChoices).toEqual(TOOL_NAMES)
  expect(TOOL_NAMES).toEqual([
    ...['claude', 'cursor', 'vscode', 'jetbrains', 'windsurf'],
    ...['zed', 'cline', 'codex', 'gemini'],
  ])
})

test('a script is started through the shell where programs cannot be scripts', () => {
  expect(sharedLauncher('win32')).toEqual(['cmd', '/c', 'sallyport'])
  expect(sharedLauncher('linux')).toEqual(['sallyport'])
})

test("a user's own configuration names the command in full, unless it is installed for every program", () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-path-'))
  const npms = join(folder, 'node_modules', '.bin')
  mkdirSync(npms, { recursive: true })
  writeFileSync(join(npms, 'sallyport'), '')
  const inFull = [process.execPath, expect.stringMatching(/cli[\\/]bin[\\/]sallyport\.js$/)]
  expect(ownLauncher('linux', { PATH: `${npms}:${folder}` })).toEqual(inFull)
  writeFileSync(join(folder, 'sallyport'), '')
  expect(ownLauncher('linux', { PATH: `${npms}:${folder}` })).toEqual(['sallyport'])
})
