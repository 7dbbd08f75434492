import type { Environment } from '@sallyport/runtime'

/** The variables that programs need to run. None of them is a secret. */
const BASE = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TERM', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR'],
  ...['XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  'NODE_EXTRA_CA_CERTS',
  // Windows
  ...['SystemRoot', 'SystemDrive', 'ComSpec', 'PATHEXT', 'APPDATA', 'LOCALAPPDATA', 'USERPROFILE'],
  ...['USERNAME', 'HOMEDRIVE', 'HOMEPATH', 'ProgramFiles', 'PROCESSOR_ARCHITECTURE', 'TEMP', 'TMP'],
]
/** The way out of a network. Some have a password in them. */
const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy']
/** Ours hold the installation's secret and tokens: no command gets them, even if it asks for them. */
const OURS = /^SALLYPORT_/i

/** Stands for every variable of the environment but ours. */
export const EVERY_VARIABLE = '*'

/** The environment of a command: a base, and the variables that are named for it. */
export function childEnvironment(environment: Environment, named: readonly string[]): Record<string, string> {
  const given: Record<string, string> = {}
  const names = named.includes(EVERY_VARIABLE) ? Object.keys(environment) : named
  const open = PROXIES.filter((name) => !environment[name]?.includes('@'))
  for (const name of [...BASE, ...open, ...names]) {
    const value = environment[name]
    if (value !== undefined && !OURS.test(name)) given[name] = value
  }
  return given
}

/** A registered variable that this process does not have; the server would fail without it in a way nobody understands. */
export function missingVariable(environment: Environment, named: readonly string[]): string | undefined {
  return named.find((name) => OURS.test(name) || environment[name] === undefined)
}
