import { aroundOf, ROWS_AROUND, votesOf } from './around.js'
import { changeLine } from './edit.js'
import { cameByLink, forgetLink, openLink, takeLink } from './link.js'
import { outcomeOf } from './outcome.js'
import { showParts } from './parts.js'
import { Seen } from './seen.js'
import { visible } from './text.js'

/** One approval for one person, who sees all that will run and is told what of it was not on the screen. */
const KEY = 'sallyport.token'
const POLL_MS = 2000

const approvalId = decodeURIComponent(location.pathname.split('/')[2] ?? '')
const part = (id) => document.getElementById(id)
let timer
/** The token of a link that was not opened yet. */
let link = takeLink()
/** The parts that stand on the page, as text; they are shown anew only when they change. */
let standing = ''
/** What is on the screen, by its digest: an answer is about that and nothing else. */
let onScreen = ''
let counting = true
const seen = { arguments: new Seen(noteSeen), meta: new Seen(noteSeen) }
/** A request names so many places at most; beyond that it names all. */
const MOST_PLACES = 1000
const TOLD_PLACES = 12

part('sign-in').addEventListener('submit', (event) => {
  event.preventDefault()
  sessionStorage.setItem(KEY, part('token').value.trim())
  part('token').value = ''
  void load()
})
part('by-link').addEventListener('submit', (event) => {
  event.preventDefault()
  void open(part('code').value)
})
part('approve').addEventListener('click', () => approve())
part('confirm-approve').addEventListener('click', () => {
  part('confirm').close()
  void answer('approve', true)
})
part('back').addEventListener('click', () => part('confirm').close())
part('look').addEventListener('click', () => {
  part('confirm').close()
  const first = seen.arguments.first() ?? seen.meta.first() ?? document.querySelector('button.more')
  first?.scrollIntoView({ block: 'center' })
  const focusable = first?.closest('.part') ?? first
  focusable?.setAttribute('tabindex', '-1')
  focusable?.focus({ preventScroll: true })
})
part('deny').addEventListener('click', () => void answer('deny'))
part('answer').addEventListener('submit', (event) => event.preventDefault())
void load()

async function load() {
  clearTimeout(timer)
  if (link !== undefined) {
    part('by-link').hidden = false
    part('code').focus()
    return
  }
  // All of it is read once; afterwards only what becomes of it.
  const reply = await ask('GET', standing === '' ? '' : '?arguments=recorded')
  if (reply === undefined) return
  if (reply.ok) {
    const approval = await reply.json()
    if (isEdited(approval)) {
      standing = ''
      await load()
      return
    }
    show(approval)
  } else say(await detailOf(reply))
  if (reply.status >= 500) askAgain()
}

async function open(code) {
  const failed = await openLink(approvalId, link, code)
  part('code').value = ''
  if (failed !== undefined && !failed.isOver) {
    say(failed.detail)
    return
  }
  link = undefined
  part('by-link').hidden = true
  await load()
  if (failed !== undefined) say(failed.detail)
}

/** Somebody has put other arguments in the place of those on the screen: all of them are read anew. */
function isEdited({ digest, status }) {
  return standing !== '' && digest !== onScreen && (status === 'pending' || status === 'approved')
}

function approve() {
  const places = unseen()
  if (places.length === 0) {
    void answer('approve')
    return
  }
  const rows = places.slice(0, TOLD_PLACES)
  part('unseen').replaceChildren(
    ...rows.map((place) => listItem(visible(place))),
    ...(places.length > rows.length ? [listItem(`and ${places.length - rows.length} more`)] : []),
  )
  part('confirm').showModal()
}

function listItem(text) {
  const item = document.createElement('li')
  item.textContent = text
  return item
}

/** The places of all that was not on the screen. */
function unseen() {
  return counting ? [...seen.arguments.unseen(), ...seen.meta.unseen()] : []
}

function noteSeen() {
  const left = unseen().length
  write(
    'seen-note',
    left === 0
      ? 'All of it was on your screen.'
      : `Not on your screen yet: ${left} ${left === 1 ? 'part' : 'parts'}.`,
  )
}

async function answer(vote, confirm = false) {
  clearTimeout(timer)
  setBusy(true)
  const reason = part('reason').value.trim()
  const all = unseen()
  const places = all.length > MOST_PLACES ? [''] : all
  const reply = await ask('POST', `/${vote}`, {
    digest: onScreen,
    ...(reason === '' ? {} : { reason }),
    ...(counting ? { unseen: places } : {}),
    ...(confirm ? { confirm } : {}),
  })
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
  // Without a token in this tab the browser's session stands for whoever has signed in.
  const token = sessionStorage.getItem(KEY)
  const isLinked = cameByLink(approvalId)
  const id = encodeURIComponent(approvalId)
  let reply
  try {
    reply = await fetch(isLinked ? `/approve/${id}/link${path}` : `/v1/approvals/${id}${path}`, {
      method,
      headers: {
        ...(isLinked || token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch {
    say('Sallyport does not answer. It is asked again.')
    askAgain()
    return undefined
  }
  // By a link there is one approval to read, and no secrets of it: they are for those who sign in.
  if (isLinked && method === 'GET' && reply.status === 403) {
    const detail = await detailOf(reply)
    forgetLink()
    signIn(detail)
    return undefined
  }
  if (reply.status !== 401) return reply
  sessionStorage.removeItem(KEY)
  signIn(token === null ? '' : 'That token is not known.')
  return undefined
}

function signIn(message) {
  part('approval').hidden = true
  part('sign-in').hidden = false
  say(message)
  part('token').focus()
  void offerOrganisation()
}

/** Where people sign in through a provider, they come back to this page. */
async function offerOrganisation() {
  const reply = await fetch('/sign-in/ways').catch(() => undefined)
  const { openid } = reply?.ok ? await reply.json() : { openid: false }
  part('way').hidden = !openid
  part('way-in').href = `/sign-in?to=${encodeURIComponent(location.pathname)}`
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
  showContext(approval)
  showVotes(approval)
  showEdit(approval)
  showCall(approval)
  badge('risk', risk, `${risk} risk`)
  badge('status', status, status)
  part('answer').hidden = status !== 'pending' || !approval.youMay.deny
  part('approve').hidden = !approval.youMay.answer
  part('outcome').hidden = status === 'pending'
  write('outcome', outcomeOf(approval).join('\n'))
  // Somebody else may answer it, and what was approved may be carried out any moment.
  if (status === 'pending' || status === 'approved') askAgain()
}

/** What is known around the call. Whatever is not known has no row. */
function showContext({ context }) {
  const rows = context === undefined ? {} : aroundOf(context)
  for (const id of ROWS_AROUND) {
    const lines = rows[id] ?? []
    for (const one of [id, `${id}-name`]) part(one).hidden = lines.length === 0
    write(id, lines.join('\n'))
  }
  part('sentence').hidden = context === undefined
  write('sentence', context?.sentence ?? '')
}

/** Whose votes it takes, who has voted, what is to happen by itself, and whether the vote of whoever looks counts. */
function showVotes(approval) {
  const { status, youMay, unanswerable } = approval
  write('stages', votesOf(approval).join('\n'))
  part('unanswerable').hidden = unanswerable === null
  write('unanswerable', unanswerable === null ? '' : `Nobody can approve it as things are: ${unanswerable}.`)
  const mayNot = status === 'pending' && youMay.why !== null
  part('not-yours').hidden = !mayNot
  write('not-yours', mayNot ? `Your vote does not count here: ${youMay.why}.` : '')
}

/** Who has put other arguments in the place of those that the agent sent, and what is different. */
function showEdit({ edit }) {
  part('edit').hidden = edit === null
  if (edit === null) return
  const { by, at, reason, count, changes } = edit
  const why = reason === null ? '' : `: ${reason}`
  const times = count === 1 ? '' : ` (${count} edits)`
  write('edited-by', `${by}, ${new Date(at).toLocaleString()}${times}${why}`)
  part('changes').replaceChildren(...changes.map(changeLine))
}

function showCall({ arguments: given, parts, whole, status, digest }) {
  // What was read once stays: it is what was, or could have been, approved.
  if (parts === undefined && standing !== '') return
  // Whoever may not answer sees the record.
  const text = JSON.stringify(given, null, 2)
  const leaves = parts ?? [{ place: '/arguments', kind: 'string', text, masks: [] }]
  const now = JSON.stringify(leaves)
  onScreen = digest
  if (now === standing) return
  standing = now
  counting = status === 'pending' && whole === true
  part('not-whole').hidden = whole === true || status !== 'pending'
  const isMeta = ({ place }) => place === '/_meta' || place.startsWith('/_meta/')
  const meta = leaves.filter(isMeta)
  part('meta-part').hidden = meta.length === 0
  showParts(
    part('arguments'),
    leaves.filter((leaf) => !isMeta(leaf)),
    seen.arguments,
    reveal,
  )
  showParts(part('meta'), meta, seen.meta, reveal)
  noteSeen()
}

/** The part with its secrets; undefined where they are not to be had any more, which the person is told. */
async function reveal(place) {
  if (cameByLink(approvalId)) {
    say('A link does not show secrets. Sign in to see them.')
    return undefined
  }
  const reply = await ask('POST', '/reveal', { places: [place] })
  if (reply === undefined) return undefined
  if (!reply.ok) {
    say(await detailOf(reply))
    return undefined
  }
  const { parts } = await reply.json()
  return parts.find((one) => one.place === place)
}

function askAgain() {
  clearTimeout(timer)
  timer = setTimeout(() => void load(), POLL_MS)
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
