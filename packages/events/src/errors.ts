import { SallyportError } from '@sallyport/runtime'

/** A record of the log is not one of our events: an attribute is missing or the data break the schema. */
export class MalformedEvent extends SallyportError {
  constructor(what: string, options?: ErrorOptions) {
    super('SP_EVENT_MALFORMED', 'invalid', `malformed event: ${what}`, options)
  }
}

/** A record carries an event type that this version does not know. */
export class UnknownEvent extends SallyportError {
  constructor(type: string) {
    super('SP_EVENT_UNKNOWN', 'invalid', `unknown event type ${JSON.stringify(type.slice(0, 128))}`)
  }
}
