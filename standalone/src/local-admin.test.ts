import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { LocalToken } from './config.ts'
import { type DataFolder, openDataFolder } from './data-folder.ts'
import { LocalTokenNotBegun } from './errors.ts'
import { openLocalAdmin, settleLocalAdmin } from './local-admin.ts'

const emptyFolder = () => openDataFolder(mkdtempSync(join(tmpdir(), 'sallyport-admin-')))

function started(folder: DataFolder, local: LocalToken | null, hosted = false) {
  const admin = openLocalAdmin(folder, { local, hosted, mode: 'development' })
  settleLocalAdmin(folder, admin, hosted)
  return admin
}

const filesWith = ({ path }: DataFolder, text: string) =>
  readdirSync(path).filter((name) => readFileSync(join(path, name), 'utf8').includes(text))

test('a token that is not required is kept for commands, shown once and the same at each start', () => {
  const folder = emptyFolder()
  const first = started(folder, null)
  expect(first).toMatchObject({ local: 'optional', begins: false, replaced: null, unseen: true })
  expect(filesWith(folder, first.token)).toEqual(['admin-token'])
  expect(started(folder, null)).toMatchObject({ token: first.token, unseen: false })
})

test('a token that is required is in no file', () => {
  const folder = emptyFolder()
  const admin = started(folder, 'required')
  expect(admin).toMatchObject({ local: 'required', begins: false, replaced: null })
  expect(filesWith(folder, admin.token)).toEqual([])
  expect(filesWith(folder, 'sp_api_')).toEqual([])
})

test('the token that was in a file is replaced, because any process may have read it', () => {
  const folder = emptyFolder()
  const { token } = started(folder, 'optional')
  const after = started(folder, 'required')
  expect(after).toMatchObject({ begins: true, replaced: token })
  expect(filesWith(folder, 'sp_api_')).toEqual([])
})

test('the choice outlives the process and the variable', () => {
  const folder = emptyFolder()
  started(folder, 'required')
  expect(started(folder, null)).toMatchObject({ local: 'required', begins: false })
  expect(started(folder, 'optional')).toMatchObject({ local: 'optional', begins: true, unseen: true })
  expect(started(folder, null)).toMatchObject({ local: 'optional', begins: false })
})

test('a start that ended before the token was issued is gone on with', () => {
  const folder = emptyFolder()
  const { token } = started(folder, 'optional')
  openLocalAdmin(folder, { local: 'required', hosted: false, mode: 'development' })
  expect(openLocalAdmin(folder, { local: null, hosted: false, mode: 'development' })).toMatchObject({
    local: 'required',
    begins: true,
    replaced: token,
  })
})

test('a token that nobody saw inside another program is shown by the first start that a person sees', () => {
  const folder = emptyFolder()
  const { token } = started(folder, null, true)
  expect(started(folder, null)).toMatchObject({ token, unseen: true })
  expect(started(folder, null).unseen).toBe(false)
})

test('inside another program nothing begins and nothing ends', () => {
  const folder = emptyFolder()
  expect(() => started(folder, 'required', true)).toThrow(LocalTokenNotBegun)
  started(folder, 'required')
  expect(started(folder, 'optional', true).local).toBe('required')
})

test('production has no commands without a token, and makes no file with one', () => {
  const folder = emptyFolder()
  const production = (local: LocalToken | null) =>
    openLocalAdmin(folder, { local, hosted: false, mode: 'production' })
  for (const local of [null, 'optional'] as const)
    expect(() => production(local)).toThrow(
      /a command without a token is a developer shortcut.*SALLYPORT_LOCAL_TOKEN=required/,
    )
  expect(filesWith(folder, 'sp_api_')).toEqual([])
  expect(production('required').local).toBe('required')
  expect(production(null).local).toBe('required')
})
