import { SallyportError } from '@sallyport/runtime'

/** A subscription asks for a subject that no server would take: an empty token, a space, or `>` before the end. */
export class InvalidSignalPattern extends SallyportError {
  constructor(pattern: string) {
    super(
      'SP_SIGNAL_PATTERN_INVALID',
      'invalid',
      `${JSON.stringify(pattern)} is not a subject or a pattern of subjects`,
    )
  }
}
