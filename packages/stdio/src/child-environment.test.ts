import { expect, test } from 'vitest'
import { childEnvironment } from './child-environment.ts'

const ENVIRONMENT = {
  PATH: '/bin',
  HOME: '/home/dev',
  FILES_KEY: 'for the server',
  AWS_SECRET_ACCESS_KEY: 'not for it',
  SALLYPORT_TOKEN: 'ours',
  sallyport_token: 'ours',
  HTTPS_PROXY: 'http://proxy.corp.example:3128',
  HTTP_PROXY: 'http://dana:word@proxy.corp.example:3128',
}

test('a command gets what programs need and what is named for it', () => {
  expect(childEnvironment(ENVIRONMENT, ['FILES_KEY', 'NOT_SET'])).toEqual({
    PATH: '/bin',
    HOME: '/home/dev',
    HTTPS_PROXY: 'http://proxy.corp.example:3128',
    FILES_KEY: 'for the server',
  })
})

test('the way out of a network is named where there is a password in it', () => {
  expect(childEnvironment(ENVIRONMENT, ['HTTP_PROXY'])).toHaveProperty('HTTP_PROXY')
})

test('nothing of ours is given, even where it is named', () => {
  const given = childEnvironment(ENVIRONMENT, ['SALLYPORT_TOKEN', 'sallyport_token', '*'])
  expect(Object.keys(given).filter((name) => /sallyport/i.test(name))).toEqual([])
  expect(given).toHaveProperty('AWS_SECRET_ACCESS_KEY')
})
