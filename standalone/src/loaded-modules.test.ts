import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

/** Prints every module that is loaded for the composition; what it wires is imported before anything starts. */
const LIST = `
  import { registerHooks } from 'node:module'
  const urls = []
  registerHooks({ load: (url, context, next) => { urls.push(url); return next(url, context) } })
  await import(${JSON.stringify(import.meta.resolve('./standalone.ts'))})
  process.stdout.write(JSON.stringify(urls))
`

/** Engines of a fleet, and what only they need. */
const NOT_USED = ['kafkajs', 'nats', '@grpc/grpc-js', '@grpc/proto-loader', 'grpc-health-check', 'protobufjs']

test('standalone loads nothing of the engines that it does not use', () => {
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', LIST], {
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  })
  const packages = new Set(
    (JSON.parse(printed) as string[]).map((url) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1]),
  )
  expect(packages).toContain('fastify')
  expect(NOT_USED.filter((name) => packages.has(name))).toEqual([])
})
