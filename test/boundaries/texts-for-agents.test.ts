import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** The code whose texts reach agents: verdicts and their reasons, answers, faults, and the wrapper's own words. */
const SPOKEN = ['packages/*/src/**/*.ts', 'services/*/src/**/*.ts', 'cli/src/stdio/**/*.ts']
/** Commands that answer, permit, switch off or hand out. An agent with a shell would run what it is told. */
const GIVES = /sallyport (?:approvals|permissions|kill|catalog|gateway|token|upstream|setup)\b/

const isComment = (line: string) => /^\s*(?:\/\/|\/?\*)/.test(line)

test('no text that an agent may read says with which command access is given', () => {
  const files = SPOKEN.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).filter(
    (file) => !file.endsWith('.test.ts') && !file.includes('/testing/'),
  )
  const saying = files.filter((file) =>
    readFileSync(ROOT + file, 'utf8')
      .split('\n')
      .some((line) => GIVES.test(line) && !isComment(line)),
  )
  expect(files.length).toBeGreaterThan(400)
  expect(saying).toEqual([])
})
