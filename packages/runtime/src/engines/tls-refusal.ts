interface Refusal {
  /** In the code or the message of an error, as Node, OpenSSL and clients on top of them write it. */
  readonly sign: RegExp
  readonly why: string
}

const REFUSALS: readonly Refusal[] = [
  {
    sign: /UNABLE_TO_VERIFY_LEAF|SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER|unable to verify the first certificate|self-signed certificate|unable to get (?:local )?issuer/i,
    why: 'its certificate is not signed by an authority that is trusted here',
  },
  { sign: /CERT_HAS_EXPIRED|certificate has expired/i, why: 'its certificate has expired' },
  { sign: /CERT_NOT_YET_VALID|certificate is not yet valid/i, why: 'its certificate is not valid yet' },
  {
    sign: /ALTNAME_INVALID|does not match certificate's altnames/i,
    why: 'its certificate is for another host',
  },
  {
    sign: /ALERT_CERTIFICATE_REQUIRED|alert certificate required|SSL alert number 116/i,
    why: 'it asks for a certificate, and none was shown',
  },
  {
    sign: /ALERT_(?:BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_\w+|UNSUPPORTED_CERTIFICATE)|alert (?:bad|unknown|unsupported) c|alert certificate|SSL alert number 4[2-8]/i,
    why: 'it does not accept the certificate that it was shown',
  },
  {
    sign: /WRONG_VERSION_NUMBER|wrong version number|packet length too long|tls_validate_record_header|before secure TLS connection was established/i,
    why: 'it does not speak TLS there',
  },
  {
    sign: /NO_SHARED_CIPHER|HANDSHAKE_FAILURE|handshake failure|PROTOCOL_VERSION|unsupported protocol/i,
    why: 'it agrees on no version or cipher of TLS',
  },
]

/** What a TLS handshake failed for, about the other side as `it`; undefined where that is not why. */
export function tlsRefusal(thrown: unknown): string | undefined {
  for (const text of textsOf(thrown)) {
    const found = REFUSALS.find(({ sign }) => sign.test(text))
    if (found) return found.why
  }
  return undefined
}

/** Clients wrap errors in members of their own. */
const WRAPPED = ['cause', 'chainedError', 'originalError'] as const
const DEEPEST = 8

/** Code and message of an error and of those in it. */
export function* textsOf(thrown: unknown, depth = 0): Generator<string> {
  if (typeof thrown !== 'object' || thrown === null || depth > DEEPEST) return
  const error = thrown as Readonly<Record<string, unknown>>
  for (const member of ['code', 'name', 'type', 'message', 'details'])
    if (typeof error[member] === 'string') yield error[member]
  for (const member of WRAPPED) yield* textsOf(error[member], depth + 1)
  if (Array.isArray(error['errors'])) for (const one of error['errors']) yield* textsOf(one, depth + 1)
}
