import { isJsonObject, type Message } from '@sallyport/jsonrpc'

/** The canonical text of a message; progress of a call that was held goes on from what was sent while it waited. */
export function offsetProgress(message: Message, token: string | number | null, offset: number): string {
  if (message.kind !== 'notification' || message.method !== 'notifications/progress') return message.canonical
  const params = isJsonObject(message.params) ? message.params : {}
  if (token === null || params['progressToken'] !== token) return message.canonical
  const { progress, total } = params
  return JSON.stringify({
    ...message.value,
    params: {
      ...params,
      ...(typeof progress === 'number' ? { progress: progress + offset } : {}),
      ...(typeof total === 'number' ? { total: total + offset } : {}),
    },
  })
}
