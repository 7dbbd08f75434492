import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Api, apiOf } from '../e2e/support/api.ts'
import { type Standalone, startStandalone } from '../e2e/support/standalone-composition.ts'
import { FAMILIES } from './corpus.ts'
import type { Trick } from './http-tricks.ts'
import type { Aim } from './requests.ts'
import { sendRaw } from './send-raw.ts'
import { VICTIMS, type Victim } from './victims.ts'

let standalone: Standalone
let api: Api

beforeAll(async () => {
  standalone = await startStandalone()
  api = apiOf(standalone)
})
afterAll(() => standalone.stop())

describe.each(Object.entries(VICTIMS))('in front of %s', (_, startVictim) => {
  let victim: Victim
  let straight: Aim
  let proxied: Aim
  let gateway: string
  /** The refused requests of a known gateway. Each has to be in the record. */
  let refused = 0

  beforeAll(async () => {
    victim = await startVictim()
    const { host, pathname } = new URL(victim.url)
    straight = { authority: host, path: pathname, token: 'none' }
    const upstream = await api.addUpstream(victim.url)
    const { name, token } = await api.addGateway()
    gateway = name
    await api.permit(gateway, 'mcp.tools.read', 'allow')
    const { host: authority } = new URL(standalone.proxies[0] as string)
    proxied = { authority, path: `/mcp/${upstream}`, token }
  })
  afterAll(() => victim.stop())

  test('without a proxy many of them run the tool: else nothing here could fail', async () => {
    const ran = []
    for (const { tricks } of FAMILIES)
      for (const trick of tricks) {
        const before = victim.deleted()
        await sendRaw(victim.url, trick.request(straight), 300)
        if (victim.deleted() > before) ran.push(trick.what)
      }
    console.log(
      `${ran.length} of ${FAMILIES.flatMap(({ tricks }) => tricks).length} run \`delete\` without a proxy`,
    )
    expect(ran.length).toBeGreaterThan(50)
  })

  describe.each(FAMILIES)('$title', ({ tricks, recorded }) => {
    test.each(tricks)('$what is refused, as $code', async (trick) => {
      const before = victim.deleted()
      const answer = await sendRaw(`http://${proxied.authority}`, trick.request(proxied), 10_000)
      expect(codesOf(answer, trick)).toContain(trick.code)
      expect(victim.deleted()).toBe(before)
      if (recorded) refused++
    })
  })

  test('each refusal of a known gateway is in the record, and nothing was forwarded but `read`', async () => {
    const items = await api.timeline(gateway, (read) => denied(read).length >= refused)
    expect(denied(items)).toHaveLength(refused)
    const allowed = items.filter(({ verdict }) => verdict !== 'deny')
    expect(new Set(allowed.map(({ action }) => action))).toEqual(new Set(['mcp.tools.read']))
  })
})

type Item = Awaited<ReturnType<Api['timeline']>>[number]

function denied(items: readonly Item[]): readonly Item[] {
  return items.filter(({ verdict }) => verdict === 'deny')
}

/** The codes in an answer and its statuses; `denied` where a rule refused what was understood. */
function codesOf(answer: string, { what }: Trick): readonly string[] {
  const codes = [
    ...answer.matchAll(/"code":"?(SP_[A-Z_]+|-?\d+)/g),
    ...answer.matchAll(/HTTP\/1\.1 (\d{3})/g),
  ]
  if (codes.length === 0) throw new Error(`'${what}' was not answered: ${answer.slice(0, 200)}`)
  return [...codes.map(([, code]) => code ?? ''), ...(answer.includes('no permission') ? ['denied'] : [])]
}
