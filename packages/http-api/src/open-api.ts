import { readFileSync } from 'node:fs'
import swagger from '@fastify/swagger'
import { type FastifyInstance, fastify } from 'fastify'
import type { ApiPlugin } from './api-plugin.ts'
import { Problem } from './problem.ts'
import type { RouteRoles } from './roles/route-roles.ts'

export interface Description {
  readonly title: string
  readonly version: string
  readonly roles: RouteRoles
  /** The document to serve where this server has only some of the routes it describes. */
  readonly document?: string
}

/** The document of the whole API, generated from the routes of every service and published in proto/. */
export function publishedDocument(): string {
  return readFileSync(new URL('../../../proto/openapi.json', import.meta.url), 'utf8')
}

/** GET /openapi.json (OpenAPI 3.1, from the routes) and GET /docs/ (the same for reading). */
export function describeRoutes(server: FastifyInstance, { document, roles, ...info }: Description): void {
  void server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info,
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    },
    transform: ({ schema, url, route }) => ({
      url,
      schema: described(schema, route.config?.public ? undefined : rolesOf(roles, route.method, url)),
    }),
  })
  void server.register(documentRoute(document))
  void server.register(referenceRoutes(info.title))
}

function documentRoute(document: string | undefined): ApiPlugin {
  return async (server) => {
    server.get(
      '/openapi.json',
      { config: { public: true }, schema: { hide: true } },
      async (_request, reply) =>
        reply.type('application/json').send(document ?? JSON.stringify(server.swagger())),
    )
  }
}

function rolesOf(roles: RouteRoles, methods: string | readonly string[], url: string): readonly string[] {
  return [methods].flat().flatMap((method) => roles[`${method} ${url}`] ?? [])
}

/** An answer with a problem (RFC 9457) in the description of a route. */
export function problemResponse(description: string) {
  return { description, content: { 'application/problem+json': { schema: Problem } } }
}

/** Adds what every route has: the roles that may call it, none where no token is asked for, and the shape of an error. */
function described(schema: object | undefined, roles: readonly string[] | undefined) {
  const given = withOptionalDefaults((schema ?? {}) as RouteSchema)
  if (roles === undefined) return { ...given, security: [] }
  const told = `Roles: ${roles.join(', ')}.`
  const problem = problemResponse('A problem')
  return {
    ...given,
    description: given.description ? `${given.description}\n\n${told}` : told,
    security: [{ token: [] }],
    response: { ...given.response, default: problem },
  }
}

interface RouteSchema {
  readonly description?: string
  readonly response?: object
  readonly querystring?: {
    readonly properties?: Readonly<Record<string, { readonly default?: unknown }>>
    readonly required?: readonly string[]
  }
}

/** A parameter with a default may be left out. The handler can still rely on it. */
function withOptionalDefaults(schema: RouteSchema): RouteSchema {
  const { querystring } = schema
  if (!querystring?.required) return schema
  const required = querystring.required.filter(
    (name) => querystring.properties?.[name]?.default === undefined,
  )
  return { ...schema, querystring: { ...querystring, required } }
}

const PAGE_POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'unsafe-inline'; img-src 'self' data:; " +
  "font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"

/**
 * The page and its script come from this server alone, and its policy lets a token typed into the page reach no
 * other. The script is 4 MB of text and 40 MB once loaded, so that waits until somebody opens the page.
 */
function referenceRoutes(title: string): ApiPlugin {
  let reference: Promise<FastifyInstance> | undefined
  return async (server) => {
    for (const url of ['/docs', '/docs/', '/docs/js/scalar.js'])
      server.get(url, { config: { public: true }, schema: { hide: true } }, async (_request, reply) => {
        reference ??= loadReference(title)
        const page = await (await reference).inject(url)
        if (page.headers.location !== undefined) return reply.redirect('/docs/', 302)
        return reply
          .code(page.statusCode)
          .header('content-security-policy', PAGE_POLICY)
          .type(String(page.headers['content-type']))
          .send(page.rawPayload)
      })
  }
}

async function loadReference(title: string): Promise<FastifyInstance> {
  const { default: scalar } = await import('@scalar/fastify-api-reference')
  const reference = fastify()
  await reference.register(scalar, {
    routePrefix: '/docs',
    configuration: {
      url: '/openapi.json',
      pageTitle: title,
      withDefaultFonts: false,
      telemetry: false,
      hideClientButton: true,
      // What would hand this API to somebody else's service is not offered; the policy would stop it anyway.
      showDeveloperTools: 'never',
      agent: { disabled: true },
      mcp: { disabled: true },
      authentication: { preferredSecurityScheme: 'token' },
    },
  })
  return reference
}
