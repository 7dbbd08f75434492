import { readFileSync } from 'node:fs'
import type { ApiPlugin } from '@sallyport/http-api'

/** Only this server's own script and style, nothing embedded, nowhere to submit to: a token typed here stays here. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

const FILES = [
  ...['theme.css', 'parts.css', 'page.css'].map(
    (file) => [`/approve/${file}`, file, 'text/css; charset=utf-8'] as const,
  ),
  ...['page.js', 'around.js', 'edit.js', 'link.js', 'outcome.js', 'parts.js', 'seen.js', 'text.js'].map(
    (file) => [`/approve/${file}`, file, 'text/javascript; charset=utf-8'] as const,
  ),
  // The page is the same for every approval: what it shows comes from the API, to whoever has a token.
  ['/approve/:id', 'page.html', 'text/html; charset=utf-8'],
] as const

/** `GET /approve/{id}`: where an agent's client sends the person who is to answer one approval. */
export function approvalPage(): ApiPlugin {
  return async (server) => {
    for (const [url, file, type] of FILES) {
      const text = readFileSync(new URL(`./approval-page/${file}`, import.meta.url), 'utf8')
      server.get(url, { config: { public: true }, schema: { hide: true } }, async (_request, reply) =>
        reply.header('content-security-policy', POLICY).type(type).send(text),
      )
    }
  }
}
