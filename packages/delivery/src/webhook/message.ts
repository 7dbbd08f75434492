import { createHmac } from 'node:crypto'
import type { StoredRecord } from '@sallyport/event-log'
import { replaceMember } from '@sallyport/jsonrpc'

/** One message: what is posted, and by which id the receiver knows it again. */
export interface WebhookMessage {
  readonly id: string
  /** A CloudEvent 1.0 as JSON (structured mode). */
  readonly body: string
}

export const MESSAGE_TYPE = 'application/cloudevents+json; charset=utf-8'

/**
 * An id goes into a header field, and is signed with a full stop behind it. One that a foreign writer made up must
 * neither hold up what comes after it as a field that cannot be sent, nor sign another message.
 */
const ID = /^[A-Za-z0-9_-]{1,128}$/

/** The event of a record as it is in the log, redacted as it is there. Undefined for a record that is not an event. */
export function messageOfRecord({ headers, value }: StoredRecord): WebhookMessage | undefined {
  const { ce_id: id, ce_type: type, ce_source: source, ce_subject: subject, ce_time: time } = headers
  if (!id || !ID.test(id) || !type || !source) return undefined
  const data = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8')
  if (!isJson(data)) return undefined
  const attributes = {
    specversion: '1.0',
    id,
    type,
    source,
    subject,
    time,
    tenant: headers['ce_tenant'],
    dataschema: headers['ce_dataschema'],
    datacontenttype: 'application/json',
  }
  // The data go as the bytes that the log has: what was written is what is signed.
  return { id, body: `${JSON.stringify(attributes).slice(0, -1)},"data":${delivered(type, data)}}` }
}

/** The sealed arguments are for whoever answers here, and no use to anybody else. */
function delivered(type: string, data: string): string {
  return type === 'sallyport.approval.requested.v1'
    ? replaceMember(data, ['sealedArguments'], undefined)
    : data
}

/** The headers of Standard Webhooks 1.0 for a message that is sent now. */
export function signedHeaders(message: WebhookMessage, key: Uint8Array, at: Date): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const signature = createHmac('sha256', key)
    .update(`${message.id}.${timestamp}.${message.body}`)
    .digest('base64')
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
