import type { LocalToken } from './config.ts'
import type { DataFolder } from './data-folder.ts'
import type { LocalAdmin } from './local-admin.ts'
import { ownCommand } from './own-command.ts'

export interface Readiness {
  readonly folder: DataFolder
  readonly admin: LocalAdmin
  readonly proxyUrl: string
  readonly apiUrl: string
  /** Whether the API serves the console. */
  readonly hasConsole: boolean
  /** How many events this start read back. */
  readonly replayed: number
  /** Whether the admin token was issued by this start. */
  readonly issued: boolean
  /** Whether the keychain of the operating system has it. */
  readonly inKeychain: boolean
}

/** What `npm start` tells the person who typed it. The admin token appears once only. */
export function readyLines(ready: Readiness): string[] {
  const { folder, admin, proxyUrl, apiUrl, hasConsole, replayed } = ready
  return [
    'Sallyport is ready.',
    `  proxy    ${proxyUrl}/mcp/<upstream>  (APIs over HTTP: /http/<upstream>)`,
    ...(hasConsole ? [`  console  ${apiUrl}/console/`] : []),
    `  api      ${apiUrl}  (documents at ${apiUrl}/docs)`,
    `  data     ${folder.path}`,
    `  commands ${LOCAL[admin.local]}`,
    ...tokenLines(ready),
    ...(replayed > 0 ? [`  replayed ${replayed} events of control state and approvals`] : []),
    '',
    ...tryingLines(admin.local),
  ]
}

/** Commands that work as they stand: the server is one that npm has, run by the proxy. */
function tryingLines(local: LocalToken): string[] {
  const token =
    local === 'required' ? ['  export SALLYPORT_TOKEN=…   (the admin token, or one of yours)'] : []
  return [
    'Try it, in another terminal:',
    ...token,
    `  ${ownCommand()} demo`,
    `  ${ownCommand()} gateway add code-agent`,
    `  ${ownCommand()} upstream add files --stdio -- npx @modelcontextprotocol/server-filesystem /tmp`,
  ]
}

const LOCAL: Readonly<Record<LocalToken, string>> = {
  optional: 'on this machine need no token  (SALLYPORT_LOCAL_TOKEN=required changes that)',
  required: 'need a token, on this machine too  (SALLYPORT_LOCAL_TOKEN=required)',
}

function tokenLines({ folder, admin, issued, inKeychain }: Readiness): string[] {
  const { local, token, unseen } = admin
  if (local === 'optional') return unseen ? [`  admin    ${token}`, '           (shown only now)'] : []
  if (!issued) return []
  const where = inKeychain
    ? `the keychain of this system has it as sallyport, ${folder.path}`
    : 'keep it where agents cannot read it; this system has no keychain that is open'
  return [`  admin    ${token}`, `           (shown only now, and in no file; ${where})`]
}
