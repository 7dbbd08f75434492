import { expect, test } from 'vitest'
import { MigrationChanged } from '../errors.ts'
import { pendingOf } from './migrate.ts'

const migration = (name: string, checksum = name) => ({ name, checksum, statements: [] })
const files = [migration('0001_a.sql'), migration('0002_b.sql'), migration('0003_c.sql')]
const applied = (...names: string[]) => new Map(names.map((name) => [name, name]))

test('what was not applied yet is pending, in order', () => {
  expect(pendingOf(files, applied()).map(({ name }) => name)).toEqual([
    '0001_a.sql',
    '0002_b.sql',
    '0003_c.sql',
  ])
  expect(pendingOf(files, applied('0001_a.sql')).map(({ name }) => name)).toEqual([
    '0002_b.sql',
    '0003_c.sql',
  ])
  expect(pendingOf(files, applied('0001_a.sql', '0002_b.sql', '0003_c.sql'))).toEqual([])
})

test.each([
  ['was changed', [migration('0001_a.sql', 'other')], applied('0001_a.sql')],
  ['is gone', [migration('0002_b.sql')], applied('0001_a.sql')],
  ['was put before', files, applied('0001_a.sql', '0003_c.sql')],
])('a migration that %s is an error', (why, given, known) => {
  expect(() => pendingOf(given, known)).toThrow(MigrationChanged)
  expect(() => pendingOf(given, known)).toThrow(new RegExp(why))
})
