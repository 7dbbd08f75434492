import { deriveKey, lookupWithin } from '@sallyport/runtime'
import type { Recording } from '../governing/record/record-decision.ts'
import { Credentials } from '../reaching/credentials/credentials.ts'
import { Relay } from '../reaching/relay/relay.ts'
import { RelayedIdentities } from '../reaching/relay/relayed-identity.ts'
import { TargetRules } from '../reaching/target-rules.ts'
import { Upstreams } from '../reaching/upstreams.ts'
import { channelLimits } from './limits-of.ts'
import type { ProxyDeps } from './proxy-deps.ts'

/** The lowest floor: the way to upstreams and to the other proxies. */
export interface Reach {
  readonly credentials: Credentials
  readonly upstreams: Upstreams
  readonly identities: RelayedIdentities
  readonly relay: Relay
}

/** `upstreamsOf` is for tests that own what lies behind the proxy. */
export function createReach(
  deps: ProxyDeps,
  { dropped }: Pick<Recording, 'dropped'>,
  upstreamsOf = (credentials: Credentials) => realUpstreams(deps, credentials, dropped),
): Reach {
  const { config, secret, environment, clock, logger } = deps
  const targets = new TargetRules(deps.perimeter)
  const credentials = new Credentials({ environment, folder: config.credentials.folder, logger, targets })
  const identities = new RelayedIdentities(deriveKey(secret, 'relay'), clock)
  const relay = new Relay({
    address: config.listen.advertise,
    identities,
    connectMs: config.upstream.connectMs,
  })
  return { credentials, upstreams: upstreamsOf(credentials), identities, relay }
}

function realUpstreams(
  { config, environment, logger, perimeter }: ProxyDeps,
  credentials: Credentials,
  dropped: Recording['dropped'],
): Upstreams {
  return new Upstreams({ ...config.upstream, lookup: lookupWithin(perimeter) }, credentials, {
    ...config.stdio,
    limits: channelLimits(config),
    environment,
    logger,
    onDropped: (from, message) => dropped.tell(from, message),
  })
}
