import { describe, expect, test } from 'vitest'
import { actionOf } from '../action.ts'
import { compilePattern } from '../pattern.ts'
import { riskOf } from '../risk.ts'
import { httpAction } from './http.ts'
import { CONNECTORS, connectorNaming } from './index.ts'

describe.each([...CONNECTORS.values()])('the connector $kind', (connector) => {
  test('is found by each of its actions', () => {
    for (const { name } of connector.actions) expect(connectorNaming(name)).toBe(connector)
  })

  test('tells the risk and the wider names that are judged by', () => {
    for (const { name, risk, lessSpecific } of connector.actions) {
      const one = name.replace(/<.*>/, 'other')
      if (risk !== 'by name') expect(riskOf(one)).toBe(risk)
      const wider = lessSpecific.map((text) => text.replace(/<.*>/, 'other'))
      expect(connector.lessSpecificOf(one)).toEqual(wider)
    }
  })

  test('has built-in permissions that are patterns over its own actions', () => {
    for (const pattern of connector.builtin) {
      expect(() => compilePattern(pattern)).not.toThrow()
      expect(connectorNaming(pattern)).toBe(connector)
    }
  })
})

test('an MCP action is named as it is described', () => {
  const described = CONNECTORS.get('mcp')?.actions.map(({ name }) => name)
  expect(described).toContain(actionOf({ kind: 'request', method: 'resources/templates/list' }))
  expect(described).toContain(actionOf({ kind: 'unknown' }))
})

test.each([
  ['GET', 'http.get'],
  ['DELETE', 'http.delete'],
  ['M-SEARCH', 'http.m-search'],
  ['PROPFIND', 'http.propfind'],
  ['BREW', 'http.unknown'],
  ['Get', 'http.unknown'],
  ['', 'http.unknown'],
  ['GET*', 'http.unknown'],
  ['-', 'http.unknown'],
])('the method %j is %s', (method, action) => {
  expect(httpAction(method)).toBe(action)
  expect(() => compilePattern(action)).not.toThrow()
})

test('an action that no connector names belongs to none', () => {
  for (const action of ['generic.get', 'nothing', '']) expect(connectorNaming(action)).toBeUndefined()
})
