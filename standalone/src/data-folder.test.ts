import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDataFolder } from './data-folder.ts'
import { DataFolderUnusable, SecretKeyDamaged } from './errors.ts'

const emptyFolder = () => mkdtempSync(join(tmpdir(), 'sallyport-data-'))

test('the folder and the secrets in it are for their owner only', () => {
  const folder = join(emptyFolder(), 'data')
  openDataFolder(folder)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
})

test('a second start has the same secrets', () => {
  const folder = emptyFolder()
  const { secret } = openDataFolder(folder)
  expect(openDataFolder(folder)).toMatchObject({ secret })
})

test('half a secret is refused', () => {
  const folder = emptyFolder()
  writeFileSync(join(folder, 'secret-key'), Buffer.alloc(16).toString('base64'))
  expect(() => openDataFolder(folder)).toThrow(SecretKeyDamaged)
})

test('a folder that cannot be made is refused, also where the file system says that it is not there', () => {
  const file = join(emptyFolder(), 'file')
  writeFileSync(file, '')
  expect(() => openDataFolder(join(file, 'data'))).toThrow(DataFolderUnusable)
  expect(() => openDataFolder('/proc/no-such-process/data')).toThrow(DataFolderUnusable)
})
