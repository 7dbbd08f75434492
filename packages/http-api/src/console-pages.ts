import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { FastifyReply } from 'fastify'
import type { ApiPlugin } from './api-plugin.ts'

/** Where `npm install` builds the console. */
const BUILT = fileURLToPath(new URL('../../../console/dist/', import.meta.url))

/** Only this server's own script and style, nothing inline, nothing embedded, nowhere else to send anything to. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Whether the console was built here; it is not where it was installed without its build tools. */
export function hasConsole(folder = BUILT): boolean {
  return existsSync(join(folder, 'index.html'))
}

/**
 * GET /console/: the pages on which people answer and look after agents. Every process of an installation has them, so
 * they are there as long as any of them is. What they show comes from the API, to whoever has signed in.
 */
export function consolePages(folder = BUILT): ApiPlugin {
  const page = fileFor(join(folder, 'index.html'))
  return async (server) => {
    if (!hasConsole(folder)) return
    const route = { config: { public: true }, schema: { hide: true } }
    server.get('/', route, async (_request, reply) => reply.redirect('/console/', 302))
    server.get('/console', route, async (_request, reply) => reply.redirect('/console/', 302))
    // The page is the same at every address below: its script reads the address.
    server.get('/console/*', route, async ({ headers }, reply) => {
      reply.header('content-security-policy', POLICY).header('cache-control', 'no-cache')
      return send(reply, page(), headers['accept-encoding'])
    })
    for (const name of readdirSync(join(folder, 'assets'))) {
      const file = fileFor(join(folder, 'assets', name))
      // The name has a digest of what is in it.
      server.get(`/console/assets/${name}`, route, async ({ headers }, reply) => {
        reply.header('cache-control', 'public, max-age=31536000, immutable')
        return send(reply, file(), headers['accept-encoding'])
      })
    }
    server.get('/console/assets/*', route, async (_request, reply) => reply.callNotFound())
  }
}

interface BuiltFile {
  readonly type: string
  readonly plain: Buffer
  readonly zipped: Buffer
}

/** Read and compressed when somebody first asks for it. */
function fileFor(path: string): () => BuiltFile {
  let file: BuiltFile | undefined
  return () => {
    if (file !== undefined) return file
    const plain = readFileSync(path)
    file = {
      type: TYPES[extname(path)] ?? 'application/octet-stream',
      plain,
      zipped: gzipSync(plain, { level: 9 }),
    }
    return file
  }
}

function send(
  reply: FastifyReply,
  { type, plain, zipped }: BuiltFile,
  accepted: string | string[] | undefined,
) {
  reply.type(type).header('vary', 'accept-encoding')
  if (!/\bgzip\b/.test(String(accepted))) return reply.send(plain)
  return reply.header('content-encoding', 'gzip').send(zipped)
}
