import type { ControlState, Upstream } from '@sallyport/control'
import { canMatch, familiesOf, PatternInvalid, suggestPattern } from '@sallyport/policy'
import { ActionForeign, ActionIsPattern } from './errors.ts'

type Upstreams = Pick<ControlState, 'upstreams'>

/**
 * Throws where no action of this kind (`*`: of any) can match the pattern, and says what was probably meant: a mistyped
 * pattern would look as if it were in force. PatternInvalid where it is malformed, else ActionForeign.
 */
export function checkCovers(connector: string, source: string, state: Upstreams): void {
  const meant = () => meantText(connector, source, state)
  try {
    if (canMatch(connector, source)) return
  } catch (fault) {
    if (!(fault instanceof PatternInvalid)) throw fault
    throw new PatternInvalid(`${fault.reason}${meant()}${spellingText(source)}`)
  }
  throw new ActionForeign(connector, familiesOf(connector), meant())
}

/** Throws where this is not the name of one action that the upstream's connector can give. */
export function checkActionOf({ connector }: Upstream, action: string, state: Upstreams): void {
  if (action.includes('*')) throw new ActionIsPattern()
  checkCovers(connector, action, state)
}

function meantText(connector: string, source: string, { upstreams }: Upstreams): string {
  const suggestion = suggestPattern(connector, source, upstreams.keys())
  if (suggestion === undefined) return ''
  const { action, upstream } = suggestion
  return `; did you mean "${action}"${upstream === null ? '' : ` for upstream ${upstream}`}?`
}

/** What names have no character for is encoded in them. */
function spellingText(source: string): string {
  return /[^A-Za-z0-9_.*$-]/.test(source)
    ? ' In a name every character outside A-Z a-z 0-9 _ . - is written as the percent-encoded bytes of its UTF-8 form: / is %2F, é is %C3%A9'
    : ''
}
