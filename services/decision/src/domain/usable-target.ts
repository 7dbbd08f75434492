import { isAbsolute } from 'node:path'
import type { Target } from '@sallyport/control'
import { readingsOf, redact } from '@sallyport/inspection'
import { type Perimeter, refuseShortcuts } from '@sallyport/runtime'
import { CommandInvalid, UpstreamUrlInvalid } from './faults.ts'

/** What the event holds. */
const MAX_URL = 2048
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/

/**
 * The target as it is registered. Throws UpstreamUrlInvalid and CommandInvalid, and ShortcutRefused for an address that
 * is not let in here. `insecure`: it is registered with `--insecure`.
 */
export function usableTarget(target: Target, insecure: boolean, perimeter: Perimeter): Target {
  switch (target.kind) {
    case 'http': {
      const url = usableUrl(target.url)
      refuseShortcuts(perimeter, url, insecure)
      return { ...target, url }
    }
    case 'stdio':
      checkCommand(target.command, 'use --env')
      checkSurroundings(target)
      return target
    case 'attached':
      checkCommand(target.command, 'leave it out of the registered command')
      return target
  }
}

/** A credential in the address would end up in the record. */
function usableUrl(text: string): string {
  if (!URL.canParse(text)) throw new UpstreamUrlInvalid('is not an address')
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new UpstreamUrlInvalid('must be http or https')
  const hosts = readingsOf(text)?.hosts ?? []
  if (hosts.length > 1)
    throw new UpstreamUrlInvalid(`can be read as leading to ${hosts.slice(0, 3).join(' or ')}`)
  if (url.username !== '' || url.password !== '')
    throw new UpstreamUrlInvalid('must not carry credentials; use --token-env')
  if (
    redact(Object.fromEntries(url.searchParams)).redactions.length > 0 ||
    redact(url.pathname).redactions.length > 0
  )
    throw new UpstreamUrlInvalid('seems to carry a credential; use --token-env')
  if (url.hash !== '') throw new UpstreamUrlInvalid('must not have a fragment')
  if (url.href.length > MAX_URL) throw new UpstreamUrlInvalid(`has over ${MAX_URL} characters once encoded`)
  return url.href
}

function checkCommand(command: readonly string[], instead: string): void {
  if (command[0] === '') throw new CommandInvalid('names no program')
  if (command.some((word) => word.includes('\0'))) throw new CommandInvalid('has a NUL in it')
  for (const [at, word] of command.entries()) {
    const assigned = /^-{0,2}([\w-]+)=(.*)$/s.exec(word)
    const flag = /^--?([\w-]+)$/.exec(command[at - 1] ?? '')?.[1]
    const said = {
      word,
      ...(assigned ? { [assigned[1] ?? '']: assigned[2] ?? '' } : {}),
      ...(flag ? { [flag]: word } : {}),
    }
    // A credential that the wrapper has hidden is not one any more.
    if (!word.includes('[hidden') && redact(said).redactions.length > 0)
      throw new CommandInvalid(`seems to carry a credential; ${instead}`)
  }
}

function checkSurroundings({ env, cwd }: Extract<Target, { readonly kind: 'stdio' }>): void {
  if (cwd !== null && (!isAbsolute(cwd) || cwd.includes('\0')))
    throw new CommandInvalid('has a working folder that is not an absolute path')
  for (const name of env) {
    if (!VARIABLE.test(name)) throw new CommandInvalid('is given a variable whose name is not valid')
    if (/^SALLYPORT_/i.test(name)) throw new CommandInvalid('is given a variable that is Sallyport’s own')
  }
}
