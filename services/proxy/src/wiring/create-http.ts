import { ToldApprovals } from '../connectors/http/hold/told-approvals.ts'
import { httpConnector } from '../connectors/http/http-connector.ts'
import { HttpWay } from '../connectors/http/http-way.ts'
import type { HttpCall } from '../connectors/http/message/http-call.ts'
import { Governor } from '../governing/governor.ts'
import { OpenExchanges } from '../governing/open-exchanges.ts'
import type { Governing } from './create-governing.ts'
import type { Reach } from './create-reach.ts'
import type { ProxyDeps } from './proxy-deps.ts'

/** The rooms of the HTTP connector, and the way its requests begin. */
export function createHttp(deps: ProxyDeps, { upstreams }: Reach, governing: Governing) {
  const { config, approvals } = deps
  const open = new OpenExchanges<HttpCall>()
  const { recording, digestKey, approvalUrl } = governing
  const told = new ToldApprovals(approvals)
  const connector = httpConnector({
    settling: { keepBytes: config.limits.bodyBytes, digestKey, told },
    keeping: {
      longestWaitMs: config.hold.progressBudgetMs,
      approvalUrl,
      told,
    },
    forwarding: { upstreams, open, recording, idleMs: config.upstream.idleMs },
  })
  return { way: new HttpWay({ governor: new Governor(governing, connector), digestKey }), open }
}

export type HttpRooms = ReturnType<typeof createHttp>
