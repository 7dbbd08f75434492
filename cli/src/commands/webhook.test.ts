import { expect, test } from 'vitest'
import { createProgram } from '../program.ts'

const usage = (...names: string[]) => {
  let command = createProgram()
  for (const name of names) {
    const found = command.commands.find((one) => one.name() === name)
    if (!found) throw new Error(`there is no command ${name}`)
    command = found
  }
  return command.helpInformation()
}

test('the --url of webhook add is of the receiver, and --api-url is for the API', () => {
  expect(usage('webhook', 'add')).toMatch(/--url <url> +https/)
  expect(usage('webhook', 'add')).toContain('--api-url <url>')
})

test.each(['add', 'list', 'show', 'remove', 'test', 'dead-letters', 'replay'])(
  'there is webhook %s',
  (name) => {
    expect(usage('webhook', name)).toContain('--json')
  },
)
