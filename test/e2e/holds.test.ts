import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CLIENTS } from '../holds/clients.ts'
import { startNoteServer } from '../holds/note-server.ts'
import { type Api, apiOf } from './support/api.ts'
import { type Standalone, startStandalone } from './support/standalone-composition.ts'

/** The budgets of the product, a hundredth as long: every rung comes to its end before a person answers. */
const SHORT = {
  SALLYPORT_HOLD_BUDGET_MS: '500',
  SALLYPORT_HOLD_ROUND_MS: '500',
  SALLYPORT_HOLD_COMMENT_MS: '100',
  SALLYPORT_HOLD_PROGRESS_MS: '50',
  SALLYPORT_HOLD_TASK_POLL_MS: '50',
}

let server: Awaited<ReturnType<typeof startNoteServer>>
let standalone: Standalone
let api: Api
let upstream: string

beforeAll(async () => {
  server = await startNoteServer()
  standalone = await startStandalone({ environment: SHORT })
  api = apiOf(standalone)
  upstream = await api.addUpstream(server.url)
})
afterAll(async () => {
  await standalone?.stop()
  await server?.stop()
})

async function held(client: (typeof CLIENTS)[number], what: string) {
  const gateway = await api.addGateway()
  await api.permit(gateway.name, 'mcp.tools.note', 'require_approval')
  await standalone.inForce()
  const text = `${client.rung}, ${client.client}, ${what}`
  const url = `${standalone.proxies[0]}/mcp/${upstream}`
  const answer = client.call({ url, token: gateway.token, text })
  const approval = await api.waiting(gateway.name)
  return { answer, approval, text }
}

/** Waits until the same call has come again, or a task has been asked for, so that a round is over. */
const aWhile = () => delay(1200)

test.each(CLIENTS)(
  '$rung: $client gets the result of its call, which is carried out once',
  async (client) => {
    const { answer, approval, text } = await held(client, 'approved')
    await aWhile()
    expect(server.times(text)).toBe(0)

    await api.vote(approval.approvalId, 'approve')

    expect((await answer).text).toContain(`noted ${text}`)
    expect(server.times(text)).toBe(1)
    expect(await api.client.get(`/v1/approvals/${approval.approvalId}`)).toMatchObject({ status: 'consumed' })
  },
)

test.each(CLIENTS)('$rung: $client is told who denied its call', async (client) => {
  const { answer, approval, text } = await held(client, 'denied')

  await api.vote(approval.approvalId, 'deny', 'not on a Friday')

  expect((await answer).text).toContain('not on a Friday')
  expect(server.times(text)).toBe(0)
})
