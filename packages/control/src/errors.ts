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
