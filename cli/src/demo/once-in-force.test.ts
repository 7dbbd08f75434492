import { expect, test } from 'vitest'
import { ApiProblem } from '../errors.ts'
import { onceInForce } from './once-in-force.ts'

const problem = (status: number) => new ApiProblem({ type: 'about:blank', title: 'no', status })

test('a token that another process does not know yet is tried again', async () => {
  const refusals: unknown[] = [problem(401), Object.assign(new Error('not found'), { code: 404 })]
  const act = async () => {
    if (refusals.length > 0) throw refusals.shift()
    return 'in force'
  }
  await expect(onceInForce(act)).resolves.toBe('in force')
})

test('a token that stays unknown, and any other refusal, is an error', async () => {
  let tries = 0
  const refuse = (status: number) => async () => {
    tries++
    throw problem(status)
  }
  await expect(onceInForce(refuse(401), 200)).rejects.toThrow(ApiProblem)
  expect(tries).toBeGreaterThan(1)
  const before = tries
  await expect(onceInForce(refuse(403))).rejects.toThrow(ApiProblem)
  expect(tries).toBe(before + 1)
})
