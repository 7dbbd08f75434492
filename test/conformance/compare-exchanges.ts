import type { Answer } from './ask.ts'
import type { Difference } from './compare-checks.ts'
import { EXCHANGES, type Exchange } from './exchanges.ts'

/** Sends every exchange both ways; gives those that differ for no reason, or agree although a reason says otherwise. */
export async function compareExchanges(direct: string, proxied: string): Promise<readonly Difference[]> {
  const differences: Difference[] = []
  for (const exchange of EXCHANGES) {
    const [one, other] = [await exchange.send(direct), await exchange.send(proxied)]
    const why = judge(exchange, one, other)
    if (why === undefined) continue
    const { name: id } = exchange
    differences.push({ scenario: 'exchange', id, direct: told(one), proxied: told(other), errorMessage: why })
  }
  return differences
}

function judge(
  { ownWords, refused }: Exchange,
  direct: readonly Answer[],
  proxied: readonly Answer[],
): string | undefined {
  const sameStatus = statuses(direct) === statuses(proxied)
  const same = sameStatus && told(direct) === told(proxied)
  if (refused !== undefined) {
    const isRefused = !sameStatus && proxied.every(({ status }) => status >= 400 && status < 500)
    return isRefused ? undefined : `it should be refused: ${refused}`
  }
  if (ownWords !== undefined) {
    if (!sameStatus) return 'the status differs'
    // A server that offers no such thing at all is let say so in its words.
    if (direct.every(({ status }) => status === 405)) return undefined
    return same ? `it need not be excused: ${ownWords}` : undefined
  }
  return same ? undefined : 'the answer differs'
}

function statuses(answers: readonly Answer[]): string {
  return answers.map(({ status }) => status).join(' ')
}

function told(answers: readonly Answer[]): string {
  return answers
    .map(({ status, headers, body }) => {
      const mediaType = headers['content-type']?.split(';', 1)[0] ?? ''
      return [status, mediaType, headers.allow ?? '', numbered(body)].join(' ')
    })
    .join('\n')
}

/** Ids of events are the proxy's own, good in their session only: they are told by their order. */
function numbered(body: string): string {
  const seen: string[] = []
  return body.replace(/^id: (.*)$/gm, (_, id: string) => {
    if (!seen.includes(id)) seen.push(id)
    return `id: #${seen.indexOf(id)}`
  })
}
