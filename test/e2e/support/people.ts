import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { chromiumFor, launchChromium } from './chromium.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
export const hasChromium = chromiumFor('the console')

/** Texts by which an agent or server may fool a reader: markup, a link, terminal colours, and characters that hide or turn text. */
export const HOSTILE =
  '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script> ' +
  '[press](javascript:alert(1)) https://evil.example \u001b[31mred \u202egnp.exe \u200b'

type Look = Parameters<Browser['newContext']>[0]

interface Opened {
  readonly context: BrowserContext
  readonly page: Page
  /** What a page should never do: requests elsewhere, and what it complains about. */
  readonly faults: string[]
}

/** People in front of the console of one installation, each with a browser of their own. */
export interface People {
  /** By name. */
  readonly tokens: Map<string, string>
  /** Somebody at the sign-in. */
  browserOf(path?: string, look?: Look): Promise<Opened>
  signIn(page: Page, token: string | undefined): Promise<void>
  signedIn(name: string, path?: string, look?: Look): Promise<Opened>
  /** Closes the windows of all of them. */
  leave(): Promise<void>
  close(): Promise<void>
}

/** A real Chromium, and the console at this address of the API. */
export async function peopleOf(api: string): Promise<People> {
  const browser = await launchChromium()
  const contexts: BrowserContext[] = []
  const people: People = {
    tokens: new Map(),
    async browserOf(path = '/approvals', look = {}) {
      const context = await browser.newContext({ reducedMotion: 'reduce', ...look })
      contexts.push(context)
      const page = await context.newPage()
      const faults: string[] = []
      page.on('request', (request) => {
        if (!request.url().startsWith(api)) faults.push(request.url())
      })
      page.on('pageerror', (error) => faults.push(error.message))
      page.on('console', (message) => {
        // A browser reports each answer that is no success, such as the question who has signed in.
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
          faults.push(message.text())
      })
      await page.goto(`${api}/console${path}`)
      return { context, page, faults }
    },
    async signIn(page, token) {
      await page.getByLabel('Your token').fill(token ?? '')
      await page.getByRole('button', { name: 'Continue' }).click()
    },
    async signedIn(name, path, look) {
      const opened = await people.browserOf(path, look)
      await people.signIn(opened.page, people.tokens.get(name))
      await opened.page.getByRole('button', { name: 'Sign out' }).waitFor()
      return opened
    },
    async leave() {
      for (const context of contexts.splice(0)) await context.close()
    },
    close: () => browser.close(),
  }
  return people
}

/** What axe finds on a page, with the elements. */
export async function axeFindings(page: Page): Promise<readonly (readonly string[])[]> {
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
  const { violations } = (await page.evaluate('axe.run()')) as {
    violations: { id: string; nodes: { html: string }[] }[]
  }
  return violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])
}

/** Every look that a page is to be fit for. */
export const LOOKS = {
  light: { colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  dark: { colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
  phone: { colorScheme: 'light', viewport: { width: 390, height: 844 } },
} as const

/** Nothing is wider than the screen. */
export const fits = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth <= innerWidth')

/** Builds the console as it stands in this tree. */
export function buildConsole(): void {
  const built = spawnSync(process.execPath, [join(ROOT, 'console/scripts/build.ts')], { encoding: 'utf8' })
  if (built.status !== 0 || built.stderr + built.stdout !== '')
    throw new Error(`the console is not built: ${built.stderr}${built.stdout}`)
}

/** Where the pictures of the pages are left. */
const SHOTS = mkdtempSync(join(tmpdir(), 'sallyport-shots-'))

/** Those that docs/console.md has; SALLYPORT_SCREENSHOTS=docs takes them anew. */
const IN_DOCS = [
  'approval-light',
  'approval-phone',
  'health-dark',
  'agents-light',
  'server-dark',
  'server-phone',
]

/** Takes a picture of a page, for people to look at. */
export async function picture(page: Page, name: string, fullPage = false): Promise<void> {
  const path = join(SHOTS, `${name}.png`)
  await page.screenshot({ path, fullPage })
  console.log(`picture: ${path}`)
  if (process.env['SALLYPORT_SCREENSHOTS'] === 'docs' && IN_DOCS.includes(name))
    copyFileSync(path, join(ROOT, 'docs/console', `${name}.png`))
}
