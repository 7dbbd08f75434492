import {
  type ControlEventType,
  type ControlState,
  GatewayNotRegistered,
  notThere,
  UpstreamNotRegistered,
} from '@sallyport/control'
import { NotFound } from '@sallyport/http-api'
import type { SallyportError } from '@sallyport/runtime'
import { OfferedUnknown } from './errors.ts'
import { namesInForce } from './existing.ts'

/** The thing that a command names and that does not exist, with those that do; undefined where it is not about a name. */
export function missingIn(
  state: ControlState,
  type: ControlEventType,
  data: { readonly [member: string]: unknown },
): SallyportError | undefined {
  const name = String(data['name'])
  switch (type) {
    case 'sallyport.gateway.token_rotated.v1':
    case 'sallyport.gateway.issuers_set.v1':
    case 'sallyport.gateway.revoked.v1':
      return new GatewayNotRegistered(name, namesInForce(state.gateways))
    case 'sallyport.upstream.removed.v1':
      return new UpstreamNotRegistered(name, state.upstreams.keys())
    case 'sallyport.token.revoked.v1':
      return new NotFound(notThere('token', name, namesInForce(state.tokens)))
    case 'sallyport.webhook.removed.v1':
      return new NotFound(notThere('webhook', name, state.webhooks.keys()))
    case 'sallyport.permission.removed.v1':
      return new NotFound(`there is no permission ${String(data['id'])}; a list of permissions has their ids`)
    case 'sallyport.catalog.mode_set.v1':
      return missingOffer(state, data)
    default:
      return undefined
  }
}

function missingOffer(
  state: ControlState,
  { upstream, kind, key }: { readonly [member: string]: unknown },
): SallyportError | undefined {
  const name = String(upstream)
  if (!state.upstreams.has(name)) return new UpstreamNotRegistered(name, state.upstreams.keys())
  const offered = state.catalogs.get(name)?.offered
  if (typeof key !== 'string' || offered === undefined) return undefined
  const there = offered[kind as keyof typeof offered]
  return new OfferedUnknown(String(kind), key, there.keys())
}
