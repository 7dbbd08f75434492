import type { paths } from '../gen/api.d.ts'

/** The JSON that a route answers with where all is well. */
type Answered<P extends keyof paths, M extends 'get' | 'post' | 'put'> = paths[P][M] extends {
  responses: infer R
}
  ? R extends { 200: { content: { 'application/json': infer J } } }
    ? J
    : R extends { 201: { content: { 'application/json': infer J } } }
      ? J
      : never
  : never

export type Approval = Answered<'/v1/approvals/{id}', 'get'>
export type Part = NonNullable<Approval['parts']>[number]
export type Revealed = Answered<'/v1/approvals/{id}/reveal', 'post'>
export type ApprovalPage = { readonly items: readonly Approval[]; readonly next: string | null }
export type Counts = Answered<'/v1/approvals/counts', 'get'>
export type Status = Answered<'/v1/status', 'get'>

type Item<P extends keyof paths> = Answered<P, 'get'> extends { items: (infer I)[] } ? I : never
export type Gateway = Item<'/v1/gateways'>
export type GatewayWithToken = Answered<'/v1/gateways', 'post'>
export type Upstream = Item<'/v1/upstreams'>
export type UpstreamDetail = Answered<'/v1/upstreams/{name}', 'get'>
export type Permission = Item<'/v1/permissions'>
export type Offered = Item<'/v1/catalog'>
export type Differing = Item<'/v1/catalog/differences'>
export type KillSwitch = Item<'/v1/kill-switch'>
export type Probe = Answered<'/v1/probes/{name}', 'post'>
export type TimelineItem = Item<'/v1/timeline'>
export type Page<T> = { readonly items: readonly T[]; readonly next: string | null }
