/**
 * One approval for one person. The agent's words reach the page as text nodes only, never as markup. Characters that
 * hide or reorder text are made visible, so that a person approves what they read.
 */
const KEY = 'sallyport.token'
const POLL_MS = 2000
const HIDING = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

const ENDED = {
  approved: 'Approved. The call goes on if its agent is still waiting, or when it is made again.',
  consumed: 'Approved and carried out, once.',
  denied: 'Denied. The agent has been told.',
  expired: 'Nobody answered in time, so it was denied.',
  cancelled: 'It is not needed any more.',
  lapsed: 'It was approved and not used in time.',
  revoked: 'The approval was taken back before it was used.',
}

const approvalId = decodeURIComponent(location.pathname.split('/')[2] ?? '')
const part = (id) => document.getElementById(id)
let timer

part('sign-in').addEventListener('submit', (event) => {
  event.preventDefault()
  sessionStorage.setItem(KEY, part('token').value.trim())
  part('token').value = ''
  void load()
})
part('approve').addEventListener('click', () => void answer('approve'))
part('deny').addEventListener('click', () => void answer('deny'))
part('answer').addEventListener('submit', (event) => event.preventDefault())
void load()

async function load() {
  clearTimeout(timer)
  if (sessionStorage.getItem(KEY) === null) {
    signIn('')
    return
  }
  const reply = await ask('GET', '')
  if (reply === undefined) return
  if (reply.ok) show(await reply.json())
  else say(await detailOf(reply))
  if (reply.status >= 500) askAgain()
}

async function answer(vote) {
  clearTimeout(timer)
  setBusy(true)
  const reason = part('reason').value.trim()
  const reply = await ask('POST', `/${vote}`, reason === '' ? {} : { reason })
  setBusy(false)
  if (reply === undefined) return
  if (reply.ok) {
    show(await reply.json())
    return
  }
  const detail = await detailOf(reply)
  await load()
  say(detail)
}

/** Undefined when there is no answer to work with: the person has been told. */
async function ask(method, path, body) {
  let reply
  try {
    reply = await fetch(`/v1/approvals/${encodeURIComponent(approvalId)}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${sessionStorage.getItem(KEY)}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch {
    say('Sallyport does not answer. It is asked again.')
    askAgain()
    return undefined
  }
  if (reply.status !== 401) return reply
  sessionStorage.removeItem(KEY)
  signIn('That token is not known.')
  return undefined
}

function signIn(message) {
  part('approval').hidden = true
  part('sign-in').hidden = false
  say(message)
  part('token').focus()
}

function show(approval) {
  const { gateway, client, status, risk, rule, reasons, expiresAt, endedAt } = approval
  say('')
  part('sign-in').hidden = true
  part('approval').hidden = false
  write(
    'title',
    `${gateway.name} asks to ${approval.tool === null ? 'do' : 'call'} ${approval.tool ?? approval.action}`,
  )
  document.title = `${status}: ${visible(approval.action)}`
  write(
    'gateway',
    client === null ? gateway.name : `${gateway.name}, running ${client.name} ${client.version}`,
  )
  write('action', approval.action)
  write('upstream', `${approval.upstream} (${approval.connector})`)
  write('reasons', [...reasons, `rule: ${rule}`].join('\n'))
  write('deadline-name', endedAt === null ? 'Expires' : 'Ended')
  write('deadline', new Date(endedAt ?? expiresAt).toLocaleString())
  write('approval-id', approval.approvalId)
  write('arguments', JSON.stringify(approval.arguments, null, 2))
  badge('risk', risk, `${risk} risk`)
  badge('status', status, status)
  part('answer').hidden = status !== 'pending'
  part('outcome').hidden = status === 'pending'
  write('outcome', outcomeOf(approval))
  // Somebody else may answer it, and what was approved may be carried out any moment.
  if (status === 'pending' || status === 'approved') askAgain()
}

function askAgain() {
  clearTimeout(timer)
  timer = setTimeout(() => void load(), POLL_MS)
}

function outcomeOf({ status, answeredBy, answerReason, cancellation }) {
  const lines = [ENDED[status] ?? status]
  if (answeredBy !== null) lines.push(`By ${answeredBy}${answerReason === null ? '.' : `: ${answerReason}`}`)
  if (cancellation !== null) lines.push(cancellation.reason)
  return lines.join('\n')
}

async function detailOf(reply) {
  const problem = await reply.json().catch(() => ({}))
  return problem.detail ?? problem.title ?? `Sallyport answered ${reply.status}.`
}

function badge(id, kind, text) {
  part(id).className = `badge ${kind}`
  write(id, text)
}

function setBusy(busy) {
  part('approve').disabled = busy
  part('deny').disabled = busy
}

function say(text) {
  write('message', text)
}

function write(id, text) {
  const shown = visible(text)
  // Not written anew while nothing changed: a selection in the arguments survives the next reading.
  if (part(id).textContent !== shown) part(id).textContent = shown
}

function visible(text) {
  return text.replaceAll(HIDING, (char) => `\\u${char.codePointAt(0).toString(16).padStart(4, '0')}`)
}
