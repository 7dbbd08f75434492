import { type ConfigOf, type ConfigSpec, isLoopback, type Variable, variables } from '@sallyport/runtime'

export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** TLS from the first byte; otherwise STARTTLS, which must succeed unless the server is on this machine. */
  readonly secure: boolean
  readonly isLocal: boolean
}

const PORTS: Readonly<Record<string, number>> = { 'smtp:': 587, 'smtps:': 465 }

const smtp: Variable<SmtpServer | null> = {
  name: 'SALLYPORT_EMAIL_SMTP',
  describe:
    'The server that takes e-mail: `smtps://HOST[:465]`, or `smtp://HOST[:587]` with STARTTLS; none: nobody is sent e-mail',
  fallback: '',
  parse(text) {
    if (text === '') return null
    const url = URL.canParse(text) ? new URL(text) : undefined
    const port = url && PORTS[url.protocol]
    if (!url || port === undefined || url.hostname === '' || !/^\/?$/.test(url.pathname) || url.search !== '')
      throw new Error('must be smtp://HOST[:PORT] or smtps://HOST[:PORT]')
    if (url.username !== '' || url.password !== '')
      throw new Error(
        'must not have the user in it: SALLYPORT_EMAIL_USER and SALLYPORT_EMAIL_PASSWORD are for that',
      )
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
    return {
      host,
      port: Number(url.port) || port,
      secure: url.protocol === 'smtps:',
      isLocal: isLoopback(host),
    }
  },
}

/** One address, as people and permissions have it and as a header takes it. */
export const ADDRESS = /^[^\s@,:;<>"()[\]\\]{1,64}@[A-Za-z0-9.-]{1,190}$/

const from: Variable<string | null> = {
  name: 'SALLYPORT_EMAIL_FROM',
  describe: 'Whom messages are from, such as sallyport@example.com; required with SALLYPORT_EMAIL_SMTP',
  fallback: '',
  parse(text) {
    if (text === '') return null
    if (!ADDRESS.test(text)) throw new Error('must be one address, such as sallyport@example.com')
    return text
  },
}

/** E-mail as a place where people are told of approvals. */
export const emailSpec = {
  email: {
    smtp,
    from,
    user: variables.optionalText('SALLYPORT_EMAIL_USER', 'The user at that server; none: without signing in'),
    password: variables.optionalText('SALLYPORT_EMAIL_PASSWORD', 'The password of that user', {
      secret: true,
    }),
    people: variables.oneOf(
      'SALLYPORT_EMAIL_PEOPLE',
      'Whether the people whose votes the open stage takes are sent e-mail: `voters`, or `none` for the places of SALLYPORT_APPROVAL_ROUTES alone',
      ['voters', 'none'],
      { fallback: 'voters' },
    ),
    links: variables.oneOf(
      'SALLYPORT_EMAIL_LINKS',
      'What a link in a message to a person does: `answer` signs them in for that approval once, with the code of the message; `sign_in` asks them to sign in',
      ['answer', 'sign_in'],
      { fallback: 'answer' },
    ),
    mostPerHour: variables.integer(
      'SALLYPORT_EMAIL_PER_HOUR',
      'How many messages an address gets within an hour; what is more becomes a dead letter',
      { fallback: '60', min: 1 },
    ),
  },
} as const satisfies ConfigSpec

export type EmailConfig = ConfigOf<typeof emailSpec>['email']
