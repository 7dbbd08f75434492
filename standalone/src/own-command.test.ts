import { expect, test } from 'vitest'
import { ownCommand } from './own-command.ts'

test.each([
  ['file:///home/a/sallyport/standalone/src/own-command.ts', 'npx sallyport'],
  ['file:///usr/lib/node_modules/sallyport/dist/standalone/own-command.js', 'sallyport'],
])('a command is given as %s can be reached', (place, command) => {
  expect(ownCommand(place)).toBe(command)
})
