import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readErrors } from './errors.ts'
import { referencePages } from './pages.ts'

const pages = await referencePages()

describe('the reference', () => {
  test.each(Object.entries(pages))('%s is as the code has it (npm run docs writes it)', (path, text) => {
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  test('every error code has one sentence that says what it means', () => {
    expect(
      readErrors()
        .filter((entry) => entry.meaning === '')
        .map(({ code, source }) => `${code} in ${source}`),
    ).toEqual([])
  })
})
