import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { MIGRATIONS } from '../adapters/migrate.ts'
import { COLUMNS, FINDING_MEMBERS } from './record-columns.ts'

const migrations = readdirSync(MIGRATIONS)
  .map((file) => readFileSync(new URL(file, MIGRATIONS), 'utf8'))
  .join('\n')

test('every member of the events about actions and approvals has a column, or is left out by name', () => {
  const names = COLUMNS.flatMap(({ name, kind }) =>
    kind === 'findings' ? FINDING_MEMBERS.map((member) => `${name}.${member}`) : [name],
  )
  // A member that is new needs a migration that adds its column, or a line in LEFT_OUT.
  expect(names.filter((name) => !migrations.includes(`\`${name}\``))).toEqual([])
})

test('a column says from which events it comes, and what they may hold', () => {
  expect(COLUMNS.find(({ name }) => name === 'verdict')?.sources).toMatchObject([
    { path: ['verdict'], literals: ['allow', 'deny', 'hold'], required: true },
  ])
  expect(COLUMNS.find(({ name }) => name === 'gateway')?.sources.map(({ path }) => path.join('.'))).toEqual(
    expect.arrayContaining(['gateway.name', 'name', 'gateway']),
  )
})
