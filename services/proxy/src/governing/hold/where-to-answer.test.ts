import { expect, test } from 'vitest'
import { whereToAnswer } from './where-to-answer.ts'

test('an agent is told that a person must answer, and where', () => {
  expect(whereToAnswer('A', 'https://sallyport.example/approve/A')).toBe(
    'Approval A is open; a person must answer it at https://sallyport.example/approve/A.',
  )
  expect(whereToAnswer('A', null)).toBe('Approval A is open; a person must answer it in Sallyport.')
})
