import type { HttpCall } from './http-call.ts'

/**
 * The action of a request: its method. A WebSocket begins as a GET, and what is said on it later is not judged one by
 * one, so that whoever may only read must not get one by `http.get`.
 */
export function nameRequest(kind: HttpCall['kind'], method: string): string {
  return httpAction(kind === 'websocket' ? 'WEBSOCKET' : method)
}

const METHOD = /^[A-Z]+(?:-[A-Z]+)*$/

function httpAction(method: string): string {
  return METHOD.test(method) ? `http.${method.toLowerCase()}` : 'http.unknown'
}
