import { describe, expect, test } from 'vitest'
import { CONNECTORS, canMatch } from './index.ts'

describe('a pattern that can match nothing is told from one that can', () => {
  test.each([
    ['http', 'http.GET'],
    ['http', 'http.Delete'],
    ['http', '*.DELETE'],
    ['http', 'http.*.x'],
    ['http', 'http.get_users'],
    ['http', 'http.'],
    ['http', 'generic.POST'],
    ['http', 'htp.*'],
    ['http', 'mcp.*'],
    ['mcp', 'mcp.tool.delete_*'],
    ['mcp', 'mcp.Tools.*'],
    ['mcp', 'mcp.tools.'],
    ['mcp', 'http.get'],
    ['*', 'http.GET'],
    ['*', 'mcp.tool.*'],
  ])('of kind %s: %s matches nothing', (kind, pattern) => {
    expect(canMatch(kind, pattern)).toBe(false)
  })

  test.each([
    ['http', '*'],
    ['http', 'http.*'],
    ['http', 'http.get'],
    ['http', 'http.m-search'],
    ['http', 'http.p*'],
    ['http', '*t'],
    ['http', '*.delete'],
    ['http', 'generic.*'],
    ['mcp', 'mcp.*'],
    ['mcp', 'mcp.tools.Delete-X'],
    ['mcp', 'mcp.t*'],
    ['mcp', '*delete*'],
    ['mcp', 'mcp.resources.file%3A*'],
    ['mcp', 'mcp.rpc.initialize'],
    ['*', 'mcp.tools.*'],
    ['*', 'generic.delete'],
  ])('of kind %s: %s can match', (kind, pattern) => {
    expect(canMatch(kind, pattern)).toBe(true)
  })

  test.each([...CONNECTORS.values()])(
    'what is allowed from the beginning in $kind can',
    ({ kind, builtin }) => {
      for (const pattern of builtin) expect(canMatch(kind, pattern), pattern).toBe(true)
    },
  )
})
