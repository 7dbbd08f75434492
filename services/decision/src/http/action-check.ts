import type { ControlState, Upstream } from '@sallyport/control'
import {
  canMatch,
  canName,
  familiesOf,
  hasOtherWildcard,
  otherKindOf,
  PatternInvalid,
  suggestPattern,
} from '@sallyport/policy'
import { ActionForeign, ActionIsPattern } from './errors.ts'

type Upstreams = Pick<ControlState, 'upstreams'>

/**
 * Throws where no action of this kind (`*`: of any) can match the pattern, and says what was probably meant: a mistyped
 * pattern would look as if it were in force. PatternInvalid where it is malformed, else ActionForeign.
 */
export function checkCovers(connector: string, source: string, state: Upstreams): void {
  const meant = () => otherKindText(connector, source) + meantText(connector, source, state)
  try {
    if (canMatch(connector, source)) return
  } catch (fault) {
    if (!(fault instanceof PatternInvalid)) throw fault
    throw new PatternInvalid(`${fault.reason}${meant()}${spellingText(source)}`)
  }
  throw new ActionForeign(connector, familiesOf(connector), meant(), 'pattern')
}

/** Throws where this is not the name of one action that the upstream's connector can give. */
export function checkActionOf({ connector }: Upstream, action: string, state: Upstreams): void {
  if (action.includes('*')) throw new ActionIsPattern()
  if (canName(connector, action)) return
  const meant = otherKindText(connector, action) + meantText(connector, action, state, isName)
  throw new ActionForeign(connector, familiesOf(connector), meant, 'name')
}

/** `http.get` where the upstream speaks MCP. */
function otherKindText(connector: string, source: string): string {
  const other = otherKindOf(connector, source)
  if (other === undefined) return ''
  if (canName(other, source)) return `; "${source}" is an action of connector ${other}`
  return `; "${source.slice(0, source.indexOf('.') + 1)}" begins actions of connector ${other}`
}

function isName(action: string): boolean {
  return !action.includes('*')
}

function meantText(
  connector: string,
  source: string,
  { upstreams }: Upstreams,
  isWanted: (action: string) => boolean = () => true,
): string {
  const suggestion = suggestPattern(connector, source, upstreams.keys())
  if (suggestion === undefined || !isWanted(suggestion.action)) return ''
  const { action, upstream } = suggestion
  return `; did you mean "${action}"${upstream === null ? '' : ` for upstream ${upstream}`}?`
}

/** Which wildcard there is, and that what names have no character for is encoded in them. */
function spellingText(source: string): string {
  const wildcard = hasOtherWildcard(source)
    ? ' The only wildcard is *, as in "mcp.tools.delete_*"; it stands for any run of characters.'
    : ''
  return wildcard + encodingText(source)
}

function encodingText(source: string): string {
  return /[^A-Za-z0-9_.*$-]/.test(source)
    ? ' In a name every character outside A-Z a-z 0-9 _ . - is written as the percent-encoded bytes of its UTF-8 form: / is %2F, é is %C3%A9'
    : ''
}
