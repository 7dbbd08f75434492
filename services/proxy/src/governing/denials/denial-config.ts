import { variables } from '@sallyport/runtime'

/** How agents are told that repeat a denied call unchanged; docs/denials.md says what each is for. */
export const denialSpec = {
  shortAfter: variables.integer(
    'SALLYPORT_DENIAL_SHORT_AFTER',
    'From so many denials of exactly one call on, its agent is told with few words',
    { fallback: '3', min: 2 },
  ),
  pauseAfter: variables.integer(
    'SALLYPORT_DENIAL_PAUSE_AFTER',
    'From so many on, its agent is told to pause; 0: repeated denials are not counted',
    { fallback: '6', min: 0 },
  ),
  pauseMs: variables.integer(
    'SALLYPORT_DENIAL_PAUSE_MS',
    'For how long it is told to pause first; each further pause is twice as long, up to five minutes',
    { fallback: '10000', min: 1 },
  ),
  accessRequests: variables.integer(
    'SALLYPORT_ACCESS_REQUESTS_PER_HOUR',
    'How many different requests for access one gateway may make within an hour, where a permission offers it the tool',
    { fallback: '20', min: 1 },
  ),
} as const
