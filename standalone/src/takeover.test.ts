import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { folderIsWanted, onFolderWanted } from './takeover.ts'

const emptyFolder = () => mkdtempSync(join(tmpdir(), 'sallyport-takeover-'))
const want = (folder: string, pid: number) =>
  writeFileSync(join(folder, 'takeover.json'), JSON.stringify({ pid }))
const ELSEWHERE = process.ppid

test('a host notices that another process wants the folder', async () => {
  const folder = emptyFolder()
  const { promise, resolve } = Promise.withResolvers<void>()
  onTestFinished(onFolderWanted(folder, resolve))
  want(folder, ELSEWHERE)
  await promise
  expect(folderIsWanted(folder)).toBe(true)
})

test('a process that ended, this process and a broken file want nothing', () => {
  const folder = emptyFolder()
  expect(folderIsWanted(folder)).toBe(false)
  want(folder, 2 ** 30)
  expect(folderIsWanted(folder)).toBe(false)
  want(folder, process.pid)
  expect(folderIsWanted(folder)).toBe(false)
  writeFileSync(join(folder, 'takeover.json'), '{')
  expect(folderIsWanted(folder)).toBe(false)
})
