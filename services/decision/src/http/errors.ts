import { SallyportError } from '@sallyport/runtime'

/** The command with this idempotency key took effect before, and the token it gave is not kept: rotate, or issue anew. */
export class TokenLost extends SallyportError {
  constructor() {
    super(
      'SP_TOKEN_SHOWN_ONCE',
      'conflict',
      'this was done before and its token cannot be shown again; give a new one',
    )
  }
}

const MOST_NAMED = 20

/** Lists the names that exist, so that a mistyped one is seen at once. */
function notThere(thing: string, name: string, there: Iterable<string>): string {
  const names = [...there].sort()
  if (names.length === 0) return `there is no ${thing} ${name}, nor any other`
  const more = names.length > MOST_NAMED ? ' and more' : ''
  return `there is no ${thing} ${name}; what exists: ${names.slice(0, MOST_NAMED).join(', ')}${more}`
}

/** There is no connector of this kind. */
export class ConnectorUnknown extends SallyportError {
  constructor(kind: string, there: Iterable<string>) {
    super('SP_CONNECTOR_UNKNOWN', 'not_found', notThere('connector', kind, there))
  }
}

/** No upstream is registered under this name. */
export class UpstreamNotRegistered extends SallyportError {
  constructor(name: string, there: Iterable<string>) {
    super('SP_UPSTREAM_NOT_REGISTERED', 'not_found', notThere('upstream', name, there))
  }
}

/** There is no gateway of this name, or it was revoked. */
export class GatewayNotRegistered extends SallyportError {
  constructor(name: string, there: Iterable<string>) {
    super('SP_GATEWAY_NOT_REGISTERED', 'not_found', notThere('gateway', name, there))
  }
}

/** A permission for one upstream names another kind than that upstream has, so that it would apply to nothing. */
export class ConnectorMismatch extends SallyportError {
  constructor(upstream: string, kind: string) {
    super(
      'SP_CONNECTOR_MISMATCH',
      'invalid',
      `upstream ${upstream} is of kind ${kind}; leave the connector out or name that kind`,
    )
  }
}

/** No action of its kind can match a permission's pattern, so that it would apply to nothing. */
export class ActionForeign extends SallyportError {
  constructor(connector: string, families: Iterable<string>) {
    const whose = connector === '*' ? 'any connector' : `connector ${connector}`
    super(
      'SP_PERMISSION_ACTION_FOREIGN',
      'invalid',
      `no action of ${whose} can match this pattern; they begin with ${[...families].map((one) => `${one}.`).join(', ')}, and "sallyport connector show" lists them`,
    )
  }
}

/** An upstream of this kind cannot be at such a target. */
export class TargetUnfit extends SallyportError {
  constructor(kind: string, targets: readonly string[]) {
    super(
      'SP_UPSTREAM_TARGET_UNFIT',
      'invalid',
      `an upstream of connector ${kind} cannot be at this kind of target; it takes: ${targets.join(', ')}`,
    )
  }
}

/** A mode is either for one thing, by its key, or for all of a kind that are in one state. */
export class CatalogModeInvalid extends SallyportError {
  constructor() {
    super('SP_CATALOG_MODE_INVALID', 'invalid', 'a mode is either for one key or for one status')
  }
}
