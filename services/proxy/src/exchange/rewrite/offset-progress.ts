import { isJsonObject, type Message } from '@sallyport/jsonrpc'
import type { Exchange } from '../parts.ts'

/** Progress of a call that was held goes on from what was sent while it waited: its values may only grow. */
export function offsetProgress({ call, progressSent }: Exchange, message: Message, text: string): string {
  const token = call.progressToken
  if (progressSent === 0 || token === null) return text
  if (message.kind !== 'notification' || message.method !== 'notifications/progress') return text
  const params = isJsonObject(message.params) ? message.params : {}
  if (params['progressToken'] !== token) return text
  const { progress, total } = params
  return JSON.stringify({
    ...message.value,
    params: {
      ...params,
      ...(typeof progress === 'number' ? { progress: progress + progressSent } : {}),
      ...(typeof total === 'number' ? { total: total + progressSent } : {}),
    },
  })
}
