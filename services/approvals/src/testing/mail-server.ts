import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'

export interface ReceivedMail {
  readonly to: string
  readonly from: string
  readonly raw: string
  readonly mail: Email
}

/** A real SMTP server that keeps what it takes. `refuse` says what it answers to a recipient: a code and a text. */
export async function startMailServer() {
  const received: ReceivedMail[] = []
  const refusals = new Map<string, { readonly code: number; readonly text: string }[]>()
  const attempts: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onRcptTo({ address }, _session, done) {
      attempts.push(address)
      const refusal = refusals.get(address)?.shift()
      done(refusal && Object.assign(new Error(refusal.text), { responseCode: refusal.code }))
    },
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', async () => {
        const raw = Buffer.concat(chunks)
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
        const to = envelope.rcptTo.map(({ address }) => address).join(' ')
        received.push({ to, from, raw: raw.toString(), mail: await PostalMime.parse(raw) })
        done()
      })
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    /** Every recipient that was asked for, refused or not. */
    attempts,
    to: (address: string) => received.filter((one) => one.to === address),
    /** The next messages to an address are answered so. */
    refuse(address: string, ...answers: { readonly code: number; readonly text: string }[]) {
      refusals.set(address, [...(refusals.get(address) ?? []), ...answers])
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
