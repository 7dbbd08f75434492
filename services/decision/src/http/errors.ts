import { notThere } from '@sallyport/control'
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

/** Whoever owns a gateway cannot take themselves off it: they could then approve what it asks for. */
export class OwnGateway extends SallyportError {
  constructor() {
    super(
      'SP_GATEWAY_OWN',
      'forbidden',
      'you own this gateway; an owner of the installation can give it to somebody else',
    )
  }
}

/** There is no connector of this kind. */
export class ConnectorUnknown extends SallyportError {
  constructor(kind: string, there: Iterable<string>) {
    super('SP_CONNECTOR_UNKNOWN', 'not_found', notThere('connector', kind, there))
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

/** A test is for one action, and a pattern with * names several. */
export class ActionIsPattern extends SallyportError {
  constructor() {
    super(
      'SP_ACTION_IS_PATTERN',
      'invalid',
      'the action is a pattern; a test is for the whole name of one action',
    )
  }
}

/** No action of its kind can match a permission's pattern, so that it would apply to nothing, or has the tested name. */
export class ActionForeign extends SallyportError {
  constructor(connector: string, families: Iterable<string>, meant: string, given: 'pattern' | 'name') {
    const whose = connector === '*' ? 'any connector' : `connector ${connector}`
    super(
      'SP_PERMISSION_ACTION_FOREIGN',
      'invalid',
      `no action of ${whose} ${given === 'name' ? 'has this name' : 'can match this pattern'}${meant}${meant.endsWith('?') ? ' They' : '; they'} begin with ${[...families].map((one) => `${one}.`).join(', ')}, and "sallyport connector show" lists them`,
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

/** Keys of `_meta` were listed for an upstream whose connector has no `_meta`. */
export class MetaKeysUnfit extends SallyportError {
  constructor(kind: string) {
    super(
      'SP_UPSTREAM_META_UNFIT',
      'invalid',
      `calls of connector ${kind} have no _meta, so no key of it can be listed`,
    )
  }
}

/** A mode is either for one thing, by its key, or for all of a kind that are in one state. */
export class CatalogModeInvalid extends SallyportError {
  constructor() {
    super('SP_CATALOG_MODE_INVALID', 'invalid', 'a mode is either for one key or for one status')
  }
}

/** No upstream in question is known to offer this. What an upstream offers is learned when an agent lists it. */
export class OfferedUnknown extends SallyportError {
  constructor(kind: string | undefined, key: string, there: Iterable<string>) {
    super('SP_CATALOG_ENTRY_UNKNOWN', 'not_found', notThere(kind ?? 'tool, prompt or resource', key, there))
  }
}

/** A permission that asks nobody says whose votes it takes. */
export class ApprovalUnasked extends SallyportError {
  constructor(decision: string) {
    super(
      'SP_PERMISSION_APPROVAL_UNASKED',
      'invalid',
      `an approval is for the decision require_approval; ${decision} asks nobody`,
    )
  }
}

/** There is no person of this name. */
export class PersonUnknown extends SallyportError {
  constructor(name: string, there: Iterable<string>) {
    super('SP_PERSON_UNKNOWN', 'not_found', notThere('person', name, there))
  }
}
