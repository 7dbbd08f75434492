import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { FAULT_PAGE_POLICY, faultPage } from './fault-page.ts'

const problem = {
  type: 'about:blank',
  title: 'Not allowed',
  status: 403,
  detail: `<b onclick='x'>"&\u202e\u200b\u001b[31m`,
  code: 'SP_FORBIDDEN',
} as const

test('the page of a fault shows markup as text, and characters that hide or turn text by their numbers', () => {
  expect(faultPage(problem, [])).toContain(
    '<p>&lt;b onclick=&#39;x&#39;&gt;&quot;&amp;\\u{202e}\\u{200b}\\u{1b}[31m</p>',
  )
})

test('the policy of the page lets its own style in, and nothing else', () => {
  const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(faultPage(problem, [])) ?? []
  expect(FAULT_PAGE_POLICY).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`)
})
