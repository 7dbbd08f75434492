/** The way in by the link of a message. Its token stands behind the `#`, which a browser sends to no server. */
const KEY = 'sallyport.opened'

/** The token that the page was opened with. It is taken out of the address at once, so that no history keeps it. */
export function takeLink() {
  const [, token] = /^#link=([\w.-]+)$/.exec(location.hash) ?? []
  if (token !== undefined) history.replaceState(null, '', location.pathname)
  return token
}

/** Opens it with the code of the message. Undefined once that is done, else what the person is told. */
export async function openLink(approvalId, link, code) {
  let reply
  try {
    reply = await fetch(`/approve/${encodeURIComponent(approvalId)}/link`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ link, code }),
    })
  } catch {
    return { detail: 'Sallyport does not answer. Try again.', isOver: false }
  }
  if (reply.ok) {
    sessionStorage.setItem(KEY, approvalId)
    return undefined
  }
  const { code: name, detail = `Sallyport answered ${reply.status}.` } = await reply.json().catch(() => ({}))
  return { detail, isOver: name === 'SP_APPROVAL_LINK_USED' }
}

/** Whether this tab came in by a link. The cookie that says so is read by no script. */
export function cameByLink(approvalId) {
  return sessionStorage.getItem(KEY) === approvalId
}

export function forgetLink() {
  sessionStorage.removeItem(KEY)
}
