import { SallyportError } from '@sallyport/runtime'

/** A record of the log is not one of our events: an attribute is missing or the data break the schema. */
export class MalformedEvent extends SallyportError {
  constructor(what: string, options?: ErrorOptions) {
    super('SP_EVENT_MALFORMED', 'invalid', `malformed event: ${what}`, options)
  }
}

/** A record carries an event type that this release does not know; a later one wrote it. */
export class UnknownEvent extends SallyportError {
  constructor(type: string) {
    super(
      'SP_EVENT_UNKNOWN',
      'invalid',
      `unknown event type ${JSON.stringify(type.slice(0, 128))}: a later release writes it`,
    )
  }
}

/** A record carries an event on a topic that its type does not belong to. */
export class ForeignEvent extends SallyportError {
  constructor(type: string, topic: string) {
    super('SP_EVENT_FOREIGN', 'invalid', `an event of type ${type} does not belong on the topic ${topic}`)
  }
}
