import {
  apiListenSpec,
  type ConfigOf,
  type ConfigSpec,
  fleetSpec,
  grpcListenSpec,
  processPeersSpec,
  type Variable,
  variables,
} from '@sallyport/runtime'
import { signInSpec } from './sign-in/config.ts'

/** What a bearer header can carry, and long enough not to be guessed. */
const TOKEN = /^[A-Za-z0-9._~+/=-]{32,256}$/

const adminToken: Variable<string | null> = {
  name: 'SALLYPORT_ADMIN_TOKEN',
  describe: 'The first admin token, issued where no admin token is in force; later starts may leave it out',
  fallback: '',
  secret: true,
  parse(text) {
    if (text === '') return null
    if (!TOKEN.test(text)) throw new Error('must be 32 to 256 characters of A-Z a-z 0-9 . _ ~ + / = -')
    return text
  },
}

/** What the decision process of a fleet reads. */
export const decisionSpec = {
  ...fleetSpec,
  ...apiListenSpec,
  ...processPeersSpec,
  ...grpcListenSpec,
  ...signInSpec,
  agents: {
    proxyUrl: variables.optionalOrigin(
      'SALLYPORT_PROXY_URL',
      'Where agents reach the proxy, for the instructions that the console shows; the proxies get the same. None: people fill it in',
    ),
  },
  admin: { token: adminToken },
} as const satisfies ConfigSpec

export type DecisionConfig = ConfigOf<typeof decisionSpec>
