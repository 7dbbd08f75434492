import { createHash } from 'node:crypto'
import type { Problem } from './problem.ts'

/** Where a person may go on from a fault. */
export interface WayOn {
  readonly text: string
  /** A path of this server. */
  readonly path: string
}

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0; padding: 10vh 1.25rem; }
main { max-width: 38rem; margin: 0 auto; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
p { margin: 0 0 1rem; overflow-wrap: anywhere; }
a { display: inline-block; margin-right: 1.5rem; padding: 0.5rem 0; }
a:focus-visible { outline: 2px solid; outline-offset: 2px; }
`

/** No script, no form, no request: the page's own style and nothing else. */
export const FAULT_PAGE_POLICY =
  `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** A fault as a page, for a person whose browser came to a route by itself. All of it is text. */
export function faultPage({ title, detail, code }: Problem, ways: readonly WayOn[]): string {
  const links = ways.map(({ text, path }) => `<a href="${textual(path)}">${textual(text)}</a>`)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${textual(title)} · Sallyport</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${textual(title)}</h1>
<p>${textual(detail.charAt(0).toUpperCase() + detail.slice(1))}</p>
<p>${links.join('\n')}</p>
<p><small>${textual(code)}</small></p>
</main>
</body>
</html>
`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Characters that hide or turn text show as their numbers. */
function textual(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (one) => `\\u{${one.codePointAt(0)?.toString(16)}}`)
    .replaceAll(/[&<>"']/g, (one) => ENTITIES[one] ?? '')
}
