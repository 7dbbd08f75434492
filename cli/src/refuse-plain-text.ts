import { CredentialInsecure, isPlainElsewhere, processEnvironment, ShortcutRefused } from '@sallyport/runtime'

/**
 * Whether a token may go to this address. Throws CredentialInsecure for plain text to another host without `--insecure`,
 * and ShortcutRefused for `--insecure` where SALLYPORT_MODE is production.
 */
export function refusePlainText(url: string, insecure = false): void {
  if (insecure && processEnvironment()['SALLYPORT_MODE'] === 'production')
    throw new ShortcutRefused('--insecure', 'use an https address')
  if (!insecure && isPlainElsewhere(url)) throw new CredentialInsecure(url, ', or --insecure')
}
