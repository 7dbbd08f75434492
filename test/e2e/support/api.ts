import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { type ApiClient, apiClient } from '@sallyport/cli'
import type { Decision, Outcome } from '@sallyport/policy/words'
import type { Composition } from './composition.ts'

export interface Approval {
  readonly actionId: string
  readonly approvalId: string
  readonly status: string
  readonly action: string
  readonly answeredBy: string | null
  readonly arguments: unknown
}

export interface TimelineItem {
  readonly actionId: string
  readonly at: string
  readonly gateway: string
  readonly action: string
  readonly verdict: Outcome
  readonly rule: string
  readonly reasons: readonly string[]
  readonly outcome: string | null
  readonly approvalId: string | null
  readonly answeredBy: string | null
  readonly fault: string | null
  readonly durationMs: number | null
}

/** The part of the API that tests use, by the names of the domain. */
export interface Api {
  readonly client: ApiClient
  addGateway(name?: string): Promise<{ readonly name: string; readonly token: string }>
  addUpstream(url: string, tokenEnv?: string): Promise<string>
  permit(gateway: string, action: string, decision: Decision): Promise<void>
  approver(name: string): Promise<Api>
  /** The first approval of this gateway that waits, as soon as it does. */
  waiting(gateway: string): Promise<Approval>
  approval(id: string): Promise<Approval>
  /** The first event of this type in the story of an approval's action, as soon as there is one. */
  recorded(id: string, type: string): Promise<{ readonly data: unknown }>
  vote(id: string, vote: 'approve' | 'deny', reason?: string): Promise<Approval>
  /** The timeline of a gateway once it satisfies the condition. */
  timeline(
    gateway: string,
    until: (items: readonly TimelineItem[]) => boolean,
    search?: string,
  ): Promise<readonly TimelineItem[]>
}

export function apiOf(composition: Composition, token = composition.adminToken): Api {
  const client = apiClient({ url: composition.api, token })
  return {
    client,
    addGateway: (name = `agent-${randomUUID().slice(0, 8)}`) =>
      client.write('POST', '/v1/gateways', { name }),
    async addUpstream(url, tokenEnv) {
      const name = `up-${randomUUID().slice(0, 8)}`
      await client.write('POST', '/v1/upstreams', {
        connector: 'mcp',
        name,
        target: { kind: 'http', url },
        credential: tokenEnv === undefined ? null : { kind: 'env', variable: tokenEnv },
      })
      return name
    },
    async permit(gateway, action, decision) {
      await client.write('PUT', '/v1/permissions', { gateway, connector: 'mcp', action, decision })
    },
    async approver(name) {
      const issued = await client.write<{ token: string }>('POST', '/v1/tokens', { name, scope: 'approver' })
      await composition.inForce()
      return apiOf(composition, issued.token)
    },
    async waiting(gateway) {
      const abort = new AbortController()
      for await (const approval of client.stream<Approval & { gateway: { name: string } }>(
        '/v1/approvals/stream',
        {},
        abort.signal,
      )) {
        if (approval.gateway.name !== gateway || approval.status !== 'pending') continue
        abort.abort()
        return approval
      }
      throw new Error('the stream of approvals ended')
    },
    approval: (id) => client.get(`/v1/approvals/${id}`),
    async recorded(id, type) {
      const { actionId } = await client.get<Approval>(`/v1/approvals/${id}`)
      for (;;) {
        const story = await client
          .get<{ items: { readonly type: string; readonly data: unknown }[] }>(`/v1/actions/${actionId}`)
          .catch(() => ({ items: [] }))
        const found = story.items.find((event) => event.type === type)
        if (found !== undefined) return found
        await askAgain()
      }
    },
    vote: (id, vote, reason) => client.write('POST', `/v1/approvals/${id}/${vote}`, reason ? { reason } : {}),
    async timeline(gateway, until, search) {
      for (;;) {
        const page = await client.get<{ items: TimelineItem[] }>('/v1/timeline', {
          gateway,
          search,
          limit: 200,
        })
        if (until(page.items)) return page.items
        await askAgain()
      }
    },
  }
}

/** ClickHouse follows the log by up to a second and tells nobody: this asks again. */
const askAgain = () => delay(100)
