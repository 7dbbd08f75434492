import { wholeApi } from './whole-api.ts'

/** The one OpenAPI document, from the routes of every service. */
export async function openApiDocument(): Promise<string> {
  const { api, close } = wholeApi()
  const answer = await api.inject('/openapi.json')
  await close()
  return `${JSON.stringify(answer.json(), null, 2)}\n`
}
