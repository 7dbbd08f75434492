import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { fetchOnce } from './engines-folder.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sallyport-test-'))
})
afterEach(() => rm(root, { recursive: true }))

it('callers that ask together share one fetch', async () => {
  let fetches = 0
  const fill = async (folder: string) => {
    fetches += 1
    await writeFile(join(folder, 'jar'), 'x')
  }
  const folders = await Promise.all([fetchOnce('engine', fill, root), fetchOnce('engine', fill, root)])
  expect(folders).toEqual([join(root, 'engine'), join(root, 'engine')])
  expect(fetches).toBe(1)
})

it('a failed fetch leaves no folder, and the next one tries again', async () => {
  await expect(fetchOnce('engine', () => Promise.reject(new Error('no network')), root)).rejects.toThrow(
    'no network',
  )
  expect(await readdir(root)).toEqual([])
  await fetchOnce('engine', () => Promise.resolve(), root)
  expect(await readdir(root)).toEqual(['engine'])
})

it('the lock of a process that died does not hold the next one up', async () => {
  const { pid } = spawnSync('true')
  await writeFile(join(root, 'engine.lock'), String(pid))
  await fetchOnce('engine', () => Promise.resolve(), root)
  expect(await readdir(root)).toEqual(['engine'])
})
