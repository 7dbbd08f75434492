import { SallyportError } from './errors.ts'

/** Something is larger, longer or more than is configured. The refusal is recorded under the limit's name. */
export abstract class LimitExceeded extends SallyportError {
  /** A few words for people: `JSON depth`. */
  readonly limit: string

  constructor(code: string, kind: 'exhausted', limit: string, message: string, options?: ErrorOptions) {
    super(code, kind, message, options)
    this.limit = limit
  }
}
