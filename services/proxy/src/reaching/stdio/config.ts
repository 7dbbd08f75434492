import { variables } from '@sallyport/runtime'

/** Servers that the proxy itself runs as children, and wrappers that attach theirs. */
export const stdioSpec = {
  run: variables.oneOf(
    'SALLYPORT_PROXY_STDIO',
    'Whether the proxy runs the commands that admins register as upstreams; the laptop composition does unless told otherwise',
    ['on', 'off'],
    { fallback: 'off' },
  ),
  childrenMax: variables.integer('SALLYPORT_STDIO_CHILDREN_MAX', 'How many such children run at once', {
    fallback: '64',
    min: 1,
  }),
  perUpstreamMax: variables.integer(
    'SALLYPORT_STDIO_CHILDREN_PER_UPSTREAM_MAX',
    'How many of them for one upstream; each client session has its own',
    { fallback: '16', min: 1 },
  ),
  idleMs: variables.integer(
    'SALLYPORT_STDIO_IDLE_MS',
    'How long a child lives without a call and without a stream of its client',
    { fallback: '900000', min: 1 },
  ),
  waitingBytes: variables.integer(
    'SALLYPORT_STDIO_WAITING_BYTES',
    'How much may wait for a stdio server or its client to read it before calls are refused',
    { fallback: String(16 * 1024 * 1024), min: 1024 },
  ),
} as const
