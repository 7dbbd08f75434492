import type { IncomingHttpHeaders } from 'node:http'
import type { McpCall } from '../message/call.ts'
import { challengeText, readChallenge } from './challenge.ts'
import type { UpstreamMetadata } from './upstream-metadata.ts'

/**
 * The WWW-Authenticate for an agent whose own authorization the upstream refused. It repeats what the upstream asks for
 * and names the metadata that the agent can use. Undefined for everything else.
 */
export function passedChallenge(
  { agentAuthorization, upstream }: McpCall,
  status: number,
  headers: IncomingHttpHeaders,
  metadata: UpstreamMetadata,
): string | undefined {
  if (agentAuthorization === null || (status !== 401 && status !== 403)) return undefined
  const challenge = readChallenge(headers['www-authenticate'])
  if (challenge === undefined && status === 403) return undefined
  if (status === 401 && agentAuthorization.header !== null) metadata.forget(upstream)
  const place = metadata.sealPlace(upstream, challenge?.resource_metadata)
  const { metadataUrl } = agentAuthorization
  const url = place === null ? metadataUrl : `${metadataUrl}?from=${place}`
  return challengeText({ ...challenge, resource_metadata: url })
}
