import type { JsonLimits } from '@sallyport/jsonrpc'
import type { LargeMessages } from '../../../governing/limits/large-messages.ts'
import type { HttpCall } from '../message/http-call.ts'
import { type AnnouncedBody, withJson, withStream } from '../message/read-request.ts'
import type { RequestBody } from './request-body.ts'

/**
 * The call with the part of its body that is judged. JSON up to the limit is read. Every other body stays with its
 * client until the decision is made. Throws NotStrictJson or the error of a limit.
 */
export async function readBody(
  call: HttpCall,
  announced: AnnouncedBody,
  body: RequestBody,
  limits: JsonLimits & { readonly maxBytes: number },
  large: Pick<LargeMessages, 'begin'>,
): Promise<HttpCall> {
  const { json, length } = announced
  if (!json) return withStream(call, 'not_json', length)
  if (length !== null && length > limits.maxBytes) return withStream(call, 'too_large', length)
  const bytes = await body.keep()
  if (bytes === undefined) return withStream(call, 'too_large', length)
  await new Promise<void>((begin) => large.begin(call.gateway.id, bytes.length, begin))
  return withJson(call, bytes, limits)
}
