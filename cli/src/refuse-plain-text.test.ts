import { afterEach, describe, expect, test, vi } from 'vitest'
import { apiClient } from './api-client.ts'
import { refusePlainText } from './refuse-plain-text.ts'

afterEach(() => void vi.unstubAllEnvs())

describe('a token', () => {
  test.each(['http://sallyport.corp.example:8081', 'http://10.0.0.7:8081', 'http://sallyport:8081'])(
    'does not go to %s in plain text without --insecure',
    (url) => {
      expect(() => apiClient({ url, token: 'made-up' })).toThrow(/credential would go .* or --insecure/)
      expect(() => apiClient({ url, token: 'made-up', insecure: true })).not.toThrow()
    },
  )

  test.each([
    'http://127.0.0.1:8081',
    'http://localhost:8081',
    'http://[::1]:8081',
    'https://sallyport.example',
  ])('goes to %s', (url) => {
    expect(() => apiClient({ url, token: 'made-up' })).not.toThrow()
  })

  test('is not let go in plain text by --insecure in production', () => {
    vi.stubEnv('SALLYPORT_MODE', 'production')
    expect(() => refusePlainText('http://10.0.0.7', true)).toThrow(/--insecure is a developer shortcut/)
  })
})
