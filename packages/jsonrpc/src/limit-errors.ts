import { LimitExceeded } from '@sallyport/runtime'

/** The body is larger than the cap; HTTP answers 413. */
export class JsonTooLarge extends LimitExceeded {
  constructor(maxBytes: number) {
    super('SP_JSON_TOO_LARGE', 'exhausted', 'JSON bytes', `the JSON text is larger than ${maxBytes} bytes`)
  }
}

/** Arrays and objects are nested more deeply than the cap; a parser that recurses could be made to crash. */
export class JsonTooDeep extends LimitExceeded {
  constructor(maxDepth: number, place: string) {
    super('SP_JSON_TOO_DEEP', 'exhausted', 'JSON depth', `JSON of more than ${maxDepth} levels at ${place}`)
  }
}

/**
 * The JSON text has more members and elements than the cap, or more of different keys than the cap for these; each of them
 * costs far more than its bytes.
 */
export class JsonTooManyMembers extends LimitExceeded {
  constructor(max: number, of = 'members and elements') {
    const message = `the JSON text has more than ${max} ${of}`
    super('SP_JSON_TOO_MANY_MEMBERS', 'exhausted', 'JSON members', message)
  }
}

/** A key of a JSON object is longer than the cap. */
export class JsonKeyTooLong extends LimitExceeded {
  constructor(maxLength: number, place: string) {
    const message = `a key of more than ${maxLength} characters in the object at ${place || 'the top'}`
    super('SP_JSON_KEY_TOO_LONG', 'exhausted', 'key length', message)
  }
}

/** A string in the JSON text is longer than the cap. */
export class JsonStringTooLong extends LimitExceeded {
  constructor(maxLength: number, place: string) {
    const message = `a string of more than ${maxLength} characters at ${place || 'the top'}`
    super('SP_JSON_STRING_TOO_LONG', 'exhausted', 'string length', message)
  }
}

/** A tools/call has more arguments than the cap. */
export class TooManyArguments extends LimitExceeded {
  constructor(max: number) {
    super('SP_TOO_MANY_ARGUMENTS', 'exhausted', 'arguments', `a tools/call with more than ${max} arguments`)
  }
}
