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
export type Status = Answered<'/v1/status', 'get'>
