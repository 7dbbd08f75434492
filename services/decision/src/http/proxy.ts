import type { ApiPlugin } from '@sallyport/http-api'
import { Type } from 'typebox'

/** Where agents reach the proxy, for the instructions that people give them. */
export function proxyRoute(url: string | null): ApiPlugin {
  return async (server) => {
    server.get(
      '/v1/proxy',
      {
        schema: {
          summary: 'Where agents reach the proxy',
          tags: ['gateways'],
          response: {
            200: Type.Object({
              url: Type.Union([Type.String(), Type.Null()], {
                description:
                  'as `SALLYPORT_PROXY_URL` of the decision service says; null where it is not set',
              }),
            }),
          },
        },
      },
      async () => ({ url }),
    )
  }
}
