import { fork } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { apiOf } from '../e2e/support/api.ts'
import { startStandalone } from '../e2e/support/standalone-composition.ts'
import { CLIENTS } from './clients.ts'
import type { Outcome, Target } from './held-client.ts'
import { startNoteServer } from './note-server.ts'

/**
 * `npm run test:holds [-- --seconds N]`: every kind of client, at its default settings and in its own process, has a
 * call held in real time and then approved. The default is 75 s, longer than any SDK waits by itself. Ends with 1 when
 * a client did not get its result, or when a call was not carried out exactly once.
 */
const seconds = process.argv.includes('--seconds')
  ? Number(process.argv[process.argv.indexOf('--seconds') + 1])
  : 75

const server = await startNoteServer()
const standalone = await startStandalone()
const api = apiOf(standalone)
const upstream = await api.addUpstream(server.url)
const runs = await Promise.all(CLIENTS.map((_, index) => run(index)))
await standalone.stop()
await server.stop()

console.log(`\nHeld for ${seconds} s, then approved:\n`)
console.log('| rung | client | calls | answered after | carried out | outcome |')
console.log('|---|---|---|---|---|---|')
for (const { rung, client, calls, after, times, ok } of runs)
  console.log(
    `| ${rung} | ${client} | ${calls} | ${after.toFixed(1)} s | ${times} × | ${ok ? 'the result' : 'FAILED'} |`,
  )
process.exitCode = runs.every(({ ok }) => ok) ? 0 : 1

async function run(index: number) {
  const { rung, client } = CLIENTS[index] as (typeof CLIENTS)[number]
  const gateway = await api.addGateway()
  await api.permit(gateway.name, 'mcp.tools.note', 'require_approval')
  await standalone.inForce()
  const text = `${index}: ${client}`
  const target = { url: `${standalone.proxies[0]}/mcp/${upstream}`, token: gateway.token, text }
  const answer = inChild(index, target)
  const { approvalId } = await api.waiting(gateway.name)
  await delay(seconds * 1000)
  await api.vote(approvalId, 'approve')
  const { text: got, calls, seconds: after } = await answer
  const times = server.times(text)
  const ok = times === 1 && got.includes(`noted ${text}`)
  if (!ok) console.error(`${rung}, ${client}: ${got}`)
  return { rung, client, calls, after, times, ok }
}

function inChild(index: number, target: Target): Promise<Outcome & { readonly seconds: number }> {
  const file = fileURLToPath(new URL('./run-client.ts', import.meta.url))
  const child = fork(file, [String(index), JSON.stringify(target)])
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as Outcome & { seconds: number }))
    child.once('exit', (code) => reject(new Error(`the client ended with ${code}`)))
  })
}
