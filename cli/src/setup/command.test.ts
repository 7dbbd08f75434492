import { expect, test } from 'vitest'
import { launcherOn, setupCommand } from './command.ts'
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
  expect([launcherOn('win32'), launcherOn('linux')]).toEqual([['cmd', '/c', 'sallyport'], ['sallyport']])
})
