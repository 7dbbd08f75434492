import type { Environment } from '@sallyport/runtime'

/** The variables that programs need to run. None of them is a secret. */
const BASE = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR'],
  ...['XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  ...[
    'NODE_EXTRA_CA_CERTS',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'NO_PROXY',
    'http_proxy',
    'https_proxy',
    'no_proxy',
  ],
  // Windows
  ...[
    'SystemRoot',
    'SystemDrive',
    'ComSpec',
    'PATHEXT',
    'APPDATA',
    'LOCALAPPDATA',
    'USERPROFILE',
    'TEMP',
    'TMP',
  ],
]
/** Ours hold the installation's secret and tokens: no registered command gets them, even if it asks for them. */
const OURS = /^SALLYPORT_/i

/** The environment of a registered command: a base, and the variables that were registered with it. */
export function childEnvironment(environment: Environment, named: readonly string[]): Record<string, string> {
  const given: Record<string, string> = {}
  for (const name of [...BASE, ...named]) {
    const value = environment[name]
    if (value !== undefined && !OURS.test(name)) given[name] = value
  }
  return given
}

/** A registered variable that this process does not have; the server would fail without it in a way nobody understands. */
export function missingVariable(environment: Environment, named: readonly string[]): string | undefined {
  return named.find((name) => OURS.test(name) || environment[name] === undefined)
}
