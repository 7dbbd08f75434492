import {
  type ControlState,
  type Gateway,
  GatewayNotRegistered,
  type Person,
  personNamed,
  type Upstream,
  UpstreamNotRegistered,
} from '@sallyport/control'
import { CONNECTORS, type Connector, type KillSwitchScope, stoppedBy } from '@sallyport/policy'
import { ConnectorUnknown, PersonUnknown } from './errors.ts'

/** Throws ConnectorUnknown. */
export function existingConnector(kind: string): Connector {
  const connector = CONNECTORS.get(kind)
  if (connector === undefined) throw new ConnectorUnknown(kind, CONNECTORS.keys())
  return connector
}

/** Throws UpstreamNotRegistered. */
export function existingUpstream({ upstreams }: Pick<ControlState, 'upstreams'>, name: string): Upstream {
  const upstream = upstreams.get(name)
  if (upstream === undefined) throw new UpstreamNotRegistered(name, upstreams.keys())
  return upstream
}

/** Throws GatewayNotRegistered, also for one that was revoked. */
export function existingGateway({ gateways }: Pick<ControlState, 'gateways'>, name: string): Gateway {
  const gateway = gateways.get(name)
  if (gateway?.revokedAt === null) return gateway
  throw new GatewayNotRegistered(name, namesInForce(gateways))
}

/** Throws PersonUnknown. */
export function existingPerson(state: Pick<ControlState, 'persons'>, name: string): Person {
  const person = personNamed(state, name)
  if (person !== undefined) return person
  throw new PersonUnknown(
    name,
    [...state.persons.values()].map((one) => one.name),
  )
}

/** Of gateways, or of tokens: revoked ones keep their place under their name. */
export function namesInForce(
  things: ReadonlyMap<string, { readonly revokedAt: string | null }>,
): readonly string[] {
  return [...things].filter(([, { revokedAt }]) => revokedAt === null).map(([name]) => name)
}

/** Throws where a scope names something that does not exist: a mistyped scope would stop nothing. */
export function checkScopeNamesSomething(state: ControlState, scope: KillSwitchScope): void {
  const stopped = stoppedBy(scope)
  switch (stopped?.thing) {
    case undefined:
      return
    case 'connector':
      existingConnector(stopped.name)
      return
    case 'upstream':
      existingUpstream(state, stopped.name)
      return
    case 'gateway':
      existingGateway(state, stopped.name)
  }
}

/** Every scope that stops something now. */
export function* scopesOf({ gateways, upstreams }: ControlState): Generator<KillSwitchScope> {
  for (const name of namesInForce(gateways)) yield `gateway:${name}`
  for (const name of upstreams.keys()) yield `upstream:${name}`
  for (const kind of CONNECTORS.keys()) yield `connector:${kind}`
}
