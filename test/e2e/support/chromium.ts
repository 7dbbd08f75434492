import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PATH = '/usr/bin/chromium'

/** Whether Debian's Chromium is there; says what is skipped where it is not. */
export function chromiumFor(what: string): boolean {
  const isThere = existsSync(PATH)
  if (!isThere) console.warn(`skipped, as ${PATH} is not there: ${what}`)
  return isThere
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: PATH, args: ['--no-sandbox'] })
}
