import { SallyportError } from '@sallyport/runtime'

/** Stages of an approval that cannot be meant as they are written; the message says which and why. */
export class StagesInvalid extends SallyportError {
  constructor(reason: string) {
    super('SP_STAGES_INVALID', 'invalid', `the stages of an approval cannot be read: ${reason}`)
  }
}

/** A time of an approval that is none, or that cannot be meant. */
export class SpanInvalid extends SallyportError {
  constructor(reason: string) {
    super('SP_SPAN_INVALID', 'invalid', reason)
  }
}

/** Terms of an approval that contradict each other, such as an escalation after the end. */
export class TermsInvalid extends SallyportError {
  constructor(reason: string) {
    super('SP_APPROVAL_TERMS_INVALID', 'invalid', `the terms of an approval contradict each other: ${reason}`)
  }
}
