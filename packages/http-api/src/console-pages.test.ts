import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { fastify } from 'fastify'
import { expect, test } from 'vitest'
import { consolePages, hasConsole } from './console-pages.ts'

function built(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-console-'))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Sallyport</title>')
  writeFileSync(join(folder, 'assets/index-AbC.js'), 'void 0')
  return folder
}

async function serverOf(folder: string) {
  const server = fastify()
  await server.register(consolePages(folder))
  return server
}

test('every address of the console is the one page, whose policy has nothing inline and nobody else', async () => {
  const server = await serverOf(built())
  for (const url of ['/console/', '/console/approvals/../x', '/console/anything?a=b']) {
    const { statusCode, body, headers } = await server.inject(url)
    expect([statusCode, body]).toEqual([200, '<!doctype html><title>Sallyport</title>'])
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self';/,
    )
    expect(headers['cache-control']).toBe('no-cache')
  }
  expect((await server.inject('/')).headers.location).toBe('/console/')
})

test('files with a digest in their names are kept for ever, and are compressed for those who can read that', async () => {
  const server = await serverOf(built())
  const plain = await server.inject('/console/assets/index-AbC.js')
  expect([plain.body, plain.headers['content-encoding']]).toEqual(['void 0', undefined])
  expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  const zipped = await server.inject({
    url: '/console/assets/index-AbC.js',
    headers: { 'accept-encoding': 'br, gzip' },
  })
  expect(gunzipSync(zipped.rawPayload).toString()).toBe('void 0')
  expect(zipped.headers['content-type']).toBe('text/javascript; charset=utf-8')
})

test('nothing outside of the built files is served', async () => {
  const server = await serverOf(built())
  for (const url of ['/console/assets/none.js', '/console/assets/..%2findex.html', '/console/assets/'])
    expect((await server.inject(url)).statusCode).toBe(404)
})

test('an installation that was made without the build tools has no console, and works', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-console-'))
  expect(hasConsole(folder)).toBe(false)
  const server = await serverOf(folder)
  expect((await server.inject('/console/')).statusCode).toBe(404)
})
