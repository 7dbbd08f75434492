import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { type CredentialFlags, credentialFlags, credentialOf, credentialText } from './credential-flags.ts'

const read = (...words: string[]) =>
  credentialOf(credentialFlags(new Command()).parse(words, { from: 'user' }).opts<CredentialFlags>())

const OAUTH = ['--oauth-token-url', 'https://login.example/token', '--oauth-client-id', 'sallyport']
const REQUEST = {
  tokenUrl: 'https://login.example/token',
  clientId: 'sallyport',
  clientAuthentication: 'client_secret_basic',
  secret: { kind: 'env', variable: 'SECRET' },
  scope: null,
  resource: null,
}

describe('the flags of a credential', () => {
  test.each([
    [[], null],
    [['--token-env', 'TOKEN'], { kind: 'env', variable: 'TOKEN' }],
    [['--token-file', 'files/token'], { kind: 'file', file: 'files/token' }],
    [['--auth', 'passthrough'], { kind: 'passthrough' }],
    [[...OAUTH, '--oauth-secret-env', 'SECRET'], { kind: 'client_credentials', ...REQUEST }],
    [
      [...OAUTH, '--oauth-refresh-file', 'refresh', '--oauth-scope', 'read write'],
      {
        kind: 'refresh_token',
        ...REQUEST,
        clientAuthentication: 'none',
        secret: null,
        scope: 'read write',
        file: 'refresh',
      },
    ],
  ])('%j say where it is', (words, credential) => {
    expect(read(...words)).toEqual(credential)
  })

  test.each([
    [['--token-env', 'TOKEN', '--token-file', 'token'], 'exclude each other'],
    [['--auth', 'anything'], 'passthrough'],
    [['--oauth-client-id', 'sallyport'], 'need --oauth-token-url'],
    [['--oauth-token-url', 'https://login.example/token'], '--oauth-client-id'],
  ])('%j are refused', (words, why) => {
    expect(() => read(...words)).toThrow(why)
  })
})

test('a table names the kind and the source, which is not a secret', () => {
  expect(credentialText({ kind: 'client_credentials', ...REQUEST } as never)).toBe(
    'client_credentials https://login.example/token',
  )
  expect(credentialText(null)).toBe('')
})
