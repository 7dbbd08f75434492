import type { ControlView, Upstream } from '@sallyport/control'
import type { Logger } from '@sallyport/runtime'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { UpstreamMetadataUnusable } from '../../connectors/mcp/authorization/errors.ts'
import {
  type Face,
  metadataPath,
  type ResourceMetadata,
  resourceOf,
} from '../../connectors/mcp/authorization/resource.ts'
import type { UpstreamMetadata } from '../../connectors/mcp/authorization/upstream-metadata.ts'
import { type CallerRules, proxyAddress } from '../../domain/callers.ts'
import { callerAllowed } from '../server/admit.ts'
import { UpstreamUnknown } from '../server/errors.ts'
import { sendProblem } from '../server/problem.ts'

/** The parts that publishing the authorization servers needs. */
export interface Publishing {
  readonly control: Pick<ControlView, 'state'>
  readonly upstreamMetadata: UpstreamMetadata
  readonly authorization: {
    readonly url: string | null
    readonly issuers: readonly { readonly issuer: string }[]
    readonly scopes: readonly string[]
  }
  readonly rules: CallerRules
  readonly logger: Logger
}

const LONGEST_PLACE = 4096
const FACES: readonly Face[] = ['mcp', 'http']

/**
 * Protected-resource metadata (RFC 9728) for `/mcp/NAME` and `/http/NAME`: where a client gets an access token for it. Anybody may ask,
 * and where the proxy takes access tokens itself, names that are registered and others are told alike.
 */
export function metadataRoutes(server: FastifyInstance, publishing: Publishing): void {
  for (const face of FACES) metadataRoute(server, publishing, face)
}

function metadataRoute(server: FastifyInstance, publishing: Publishing, face: Face): void {
  server.get(`${metadataPath(face)}/:upstream`, async (request, reply) => {
    const caller = callerAllowed(request, reply, publishing.rules)
    if (caller === undefined) return reply
    const proxy = proxyAddress(publishing.authorization.url, caller.host)
    const name = (request.params as { readonly upstream?: string }).upstream ?? ''
    const upstream = publishing.control.state().upstreams.get(name)
    const resource = resourceOf(proxy, face, name)
    try {
      const metadata = passes(upstream)
        ? await publishing.upstreamMetadata.find(upstream, resource, placeOf(request))
        : ownMetadata(publishing.authorization, resource, name)
      return metadata === undefined ? sendProblem(reply, 404, new UpstreamUnknown()) : send(reply, metadata)
    } catch (fault) {
      if (!(fault instanceof UpstreamMetadataUnusable)) throw fault
      publishing.logger.warn({ upstream: name, code: fault.code }, fault.message)
      return sendProblem(reply, 502, fault)
    }
  })
}

function passes(upstream: Upstream | undefined): upstream is Upstream {
  return upstream?.credential?.kind === 'passthrough'
}

function ownMetadata(
  { issuers, scopes }: Publishing['authorization'],
  resource: string,
  name: string,
): ResourceMetadata | undefined {
  if (issuers.length === 0 || !NAME.test(name)) return undefined
  return {
    resource,
    authorization_servers: issuers.map(({ issuer }) => issuer),
    ...(scopes.length === 0 ? {} : { scopes_supported: scopes }),
    bearer_methods_supported: ['header'],
    resource_name: `Sallyport: ${name}`,
  }
}

/** The names that an upstream can have. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/

function placeOf({ query }: FastifyRequest): string | undefined {
  const { from } = query as { readonly from?: unknown }
  return typeof from === 'string' && from.length <= LONGEST_PLACE ? from : undefined
}

function send(reply: FastifyReply, metadata: ResourceMetadata): FastifyReply {
  // It names the proxy as this caller reaches it, and who is refused looks whether it has changed.
  return reply.header('cache-control', 'no-store').send(metadata)
}
