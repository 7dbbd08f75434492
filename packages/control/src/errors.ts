import { nearest } from '@sallyport/policy'
import { SallyportError } from '@sallyport/runtime'

/** A control command was recorded, but this instance has not applied it in time; it may be in force already. */
export class ControlCommandUnsettled extends SallyportError {
  constructor(options?: ErrorOptions) {
    super(
      'SP_CONTROL_UNSETTLED',
      'timeout',
      'the command was recorded but is not known to be in force yet; repeat it with its idempotency key',
      options,
    )
  }
}

const MOST_NAMED = 20

/** Lists the names that exist, and the nearest of all of them first, so that a mistyped one is seen at once. */
export function notThere(thing: string, name: string, there: Iterable<string>): string {
  const names = [...there].sort()
  if (names.length === 0) return `there is no ${thing} ${name}, nor any other`
  const more = names.length > MOST_NAMED ? ' and more' : ''
  const all = `${names.slice(0, MOST_NAMED).join(', ')}${more}`
  const meant = nearest(name, names)
  if (meant === undefined) return `there is no ${thing} ${name}; what exists: ${all}`
  return `there is no ${thing} ${name}; did you mean ${meant}? What exists: ${all}`
}

/** No upstream is registered under this name. */
export class UpstreamNotRegistered extends SallyportError {
  constructor(name: string, there: Iterable<string>) {
    super('SP_UPSTREAM_NOT_REGISTERED', 'not_found', notThere('upstream', name, there))
  }
}

/** There is no gateway of this name, or none that is in force where one has to be. */
export class GatewayNotRegistered extends SallyportError {
  constructor(name: string, there: Iterable<string>) {
    super('SP_GATEWAY_NOT_REGISTERED', 'not_found', notThere('gateway', name, there))
  }
}
