import { Pool } from 'undici'
import type { Api } from '../../e2e/support/api.ts'

/** A call that is let pass until the switch is on, and messages that are sent all the while. */
export interface KillUnderLoad {
  readonly api: Api
  readonly origin: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly call: string
  readonly messages: readonly string[]
  readonly senders: number
}

/** Milliseconds from `kill on` to the first call that it denies, while others send the dearest messages. */
export async function killUnderLoad(under: KillUnderLoad): Promise<number> {
  const { api, origin, path, headers, call, messages, senders } = under
  const pool = new Pool(origin, { connections: senders + 1 })
  let going = true
  const send = async (body: string) => {
    const answer = await pool.request({ path, method: 'POST', headers: { ...headers }, body })
    return answer.body.text()
  }
  const sending = Array.from({ length: senders }, async (_, sender) => {
    for (let at = sender; going; at += 1) await send(messages[at % messages.length] ?? '').catch(() => '')
  })
  const began = performance.now()
  await api.client.write('PUT', '/v1/kill-switch', { scope: 'global', on: true, reason: null })
  while (!(await send(call)).includes('kill')) {}
  const took = performance.now() - began
  going = false
  await Promise.all(sending)
  await api.client.write('PUT', '/v1/kill-switch', { scope: 'global', on: false, reason: null })
  await pool.destroy()
  return took
}
