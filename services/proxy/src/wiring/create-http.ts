import { createSecretKey } from 'node:crypto'
import { deriveKey } from '@sallyport/runtime'
import { ToldApprovals } from '../connectors/http/hold/told-approvals.ts'
import { httpConnector } from '../connectors/http/http-connector.ts'
import { HttpWay } from '../connectors/http/http-way.ts'
import type { HttpCall } from '../connectors/http/message/http-call.ts'
import { Governor, type GovernorNeeds } from '../governing/governor.ts'
import { approvalUrl } from '../governing/hold/approval-url.ts'
import { OpenExchanges } from '../governing/open-exchanges.ts'
import type { Reach } from './create-reach.ts'
import type { ProxyDeps } from './proxy-deps.ts'

/** The rooms of the HTTP connector, and the way its requests begin. */
export function createHttp(deps: ProxyDeps, { upstreams }: Reach, governing: GovernorNeeds) {
  const { config, approvals, secret } = deps
  const open = new OpenExchanges<HttpCall>()
  const digestKey = createSecretKey(deriveKey(secret, 'digest'))
  const told = new ToldApprovals(approvals)
  const connector = httpConnector({
    settling: { keepBytes: config.limits.bodyBytes, digestKey, told },
    keeping: {
      longestWaitMs: config.hold.progressBudgetMs,
      approvalUrl: (id) => approvalUrl(config.hold.approvalUrl, deps.approvalPage ?? (() => null), id),
      told,
    },
    forwarding: { upstreams, open, recording: governing.recording, idleMs: config.upstream.idleMs },
  })
  return { way: new HttpWay({ governor: new Governor(governing, connector), digestKey }), open }
}

export type HttpRooms = ReturnType<typeof createHttp>
