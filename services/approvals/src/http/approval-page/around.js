/** What is told around a held call, as lines of text for rows of the page. */
export const ROWS_AROUND = ['acts-for', 'session', 'tool-says', 'similar', 'next']

/** For each row its lines; none where nothing is known. */
export function aroundOf({ actsFor, session, tool, similar, next }) {
  return {
    'acts-for': actsFor === null ? [] : [actsForText(actsFor)],
    session: session === null ? [] : sessionLines(session),
    'tool-says': tool === null ? [] : toolLines(tool),
    similar: similarLines(similar),
    next,
  }
}

/** Whose votes it takes and who has voted, what happens by itself, and what others think. */
export function votesOf({ context, stages, advice, comments, remindedAt, escalatedAt }) {
  // One that ended, or is looked at by a link, may have no more than the numbers.
  const lines = context?.stages ?? stages.map(({ need, of, have }) => `${have} of ${need} from ${of}`)
  const struck = [
    ...(remindedAt === null ? [] : [`${time(remindedAt)}: people were reminded`]),
    ...(escalatedAt === null ? [] : [`${time(escalatedAt)}: it escalated`]),
  ]
  const clocks = (context?.clocks ?? []).map(({ at, text }) => `${time(at)}: ${text}`)
  const heard = advice.map(
    ({ name, vote, reason }) => `${name} advises: ${vote}${reason === null ? '' : ` (${reason})`}`,
  )
  const said = comments.map(({ by, text }) => `${by} says: ${text}`)
  return [...lines, ...struck, ...clocks, ...heard, ...said]
}

function actsForText({ issuer, subject, person }) {
  const identity = `${subject} of ${issuer}`
  return person === null ? identity : `${person} (${identity})`
}

const VERDICTS = { allow: 'allowed', deny: 'denied', hold: 'held' }
const OUTCOMES = {
  ok: 'done',
  tool_error: 'the tool failed',
  rpc_error: 'refused by the server',
  upstream_error: 'the server failed',
  timeout: 'no answer in time',
  aborted: 'not carried out',
}

function sessionLines({ actions, more, limits }) {
  const lines = actions.map(({ at, upstream, action, verdict, outcome }) => {
    const end = outcome === null ? '' : `, ${OUTCOMES[outcome] ?? outcome}`
    return `${new Date(at).toLocaleTimeString()} ${action} on ${upstream}: ${VERDICTS[verdict] ?? verdict}${end}`
  })
  const earlier = more > 0 ? [`${more} earlier`] : []
  return [...earlier, ...(lines.length === 0 ? ['nothing before this call'] : lines), limits]
}

function toolLines({ title, description, status }) {
  const says = description ?? title
  return [...(says === null ? [] : [says]), ...(status === 'accepted' ? [] : [`its definition is ${status}`])]
}

function similarLines({ approved, denied, unanswered, sameCall, last }) {
  if (approved + denied + unanswered === 0) return ['this agent was never answered about this action']
  const counts = `${approved} approved, ${denied} denied, ${unanswered} unanswered; ${sameCall} with the same arguments`
  if (last === null) return [counts]
  return [counts, `last ${last.answer === 'approve' ? 'approved' : 'denied'} by ${last.by}, ${time(last.at)}`]
}

function time(at) {
  return new Date(at).toLocaleString()
}
