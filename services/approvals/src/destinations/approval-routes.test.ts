import { readConfig } from '@sallyport/runtime'
import { expect, test } from 'vitest'
import { approvalRoutesVariable, placesOf } from './approval-routes.ts'

const routesOf = (text: string) =>
  readConfig({ one: { routes: approvalRoutesVariable } }, { SALLYPORT_APPROVAL_ROUTES: text }).one.routes

type Asked = Parameters<typeof placesOf>[2]
const approval = (more: object): Asked =>
  ({ risk: 'low', stages: [], binding: { upstream: 'files' }, ...more }) as unknown as Asked
const finance = [{ need: 1, of: [{ kind: 'group', name: 'finance', id: null }] }]

test('of each destination the first rule counts that fits and names it', () => {
  const routes = routesOf(
    'risk:high=slack:C0HIGH email:sec@example.com, group:finance=slack:C0FIN slack:C0CFO, *=teams:19:all@thread.tacv2 slack:C0ALL',
  )
  const high = approval({ risk: 'high', stages: finance })
  expect(placesOf(routes, 'slack', high)).toEqual(['C0HIGH'])
  expect(placesOf(routes, 'email', high)).toEqual(['sec@example.com'])
  expect(placesOf(routes, 'teams', high)).toEqual(['19:all@thread.tacv2'])
  expect(placesOf(routes, 'slack', approval({ stages: finance }))).toEqual(['C0FIN', 'C0CFO'])
  expect(placesOf(routes, 'email', approval({ stages: finance }))).toEqual([])
  expect(placesOf(routes, 'slack', approval({}))).toEqual(['C0ALL'])
})

test('every condition of a rule has to hold', () => {
  const routes = routesOf('risk:high & upstream:prod-db=slack:C0DBA')
  expect(placesOf(routes, 'slack', approval({ risk: 'high' }))).toEqual([])
  const both = approval({ risk: 'high', binding: { upstream: 'prod-db' } })
  expect(placesOf(routes, 'slack', both)).toEqual(['C0DBA'])
})

test.each([
  ['risk:high', /CONDITIONS=PLACES/],
  ['risk:high=', /without a place/],
  ['risk:severe=slack:C0HIGH', /low, medium or high/],
  ['team:x=slack:C0HIGH', /none of group:NAME/],
  ['*=pager:1', /none of slack:ID/],
  ['*=slack:general', /id of a channel/],
  ['*=teams:general', /id of a conversation/],
  ['*=email:dana', /an address/],
  ['*=email:a@b.com\r\nBcc:x@y.z', /none of slack:ID|an address/],
])('%s is refused at the start', (text, why) => {
  expect(() => routesOf(text)).toThrow(why)
  expect(() => routesOf(text)).toThrow('SALLYPORT_APPROVAL_ROUTES')
})
