import { expect, test } from 'vitest'
import { apiOf } from '../testing/api.ts'
import { request, startWorld } from '../testing/instance.ts'

async function held() {
  const world = await startWorld()
  const api = await apiOf(world, world.time)
  const { approvalId } = await world.service.point.requestApproval(request())
  const path = `/v1/approvals/${approvalId}`
  return { api, path, told: async () => (await world.service.point.getApprovals([approvalId]))[0] }
}

test('what one says about a call the others see, with who said it; nothing becomes of the call', async () => {
  const { api, path, told } = await held()
  const said = await api.as('analyst-ann').post(`${path}/comments`, { text: '<b>really?</b>' })
  expect(said.status).toBe(201)
  await api.as('approver-dana').post(`${path}/comments`, { text: 'yes' })
  expect((await api.as('approver-omar').get(path)).body.comments).toMatchObject([
    { by: 'analyst-ann', byType: 'person', text: '<b>really?</b>' },
    { by: 'approver-dana', text: 'yes' },
  ])
  expect(await told()).toMatchObject({ status: 'pending' })
})

test('nothing, blanks and too much are refused, and so is a call that nobody knows', async () => {
  const { api, path } = await held()
  for (const text of ['', '  \n', 'x'.repeat(2001)])
    expect((await api.as('approver-dana').post(`${path}/comments`, { text })).status).toBe(400)
  expect((await api.as('approver-dana').post('/v1/approvals/none/comments', { text: 'a' })).status).toBe(404)
})

test('a call that was answered is commented on all the same', async () => {
  const { api, path } = await held()
  await api.as('approver-dana').post(`${path}/deny`)
  expect((await api.as('approver-dana').post(`${path}/comments`, { text: 'see ticket 7' })).status).toBe(201)
})
