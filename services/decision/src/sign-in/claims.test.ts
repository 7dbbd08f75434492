import { describe, expect, test } from 'vitest'
import { claimedBy, freeName, readRoleMapping } from './claims.ts'

const names = (roles: string) => ({
  groupsClaim: 'groups',
  rolesClaim: 'roles',
  roles: readRoleMapping(roles),
})

describe('the mapping of claims to roles', () => {
  test('takes values with = and several roles for one value', () => {
    expect([...readRoleMapping('a=b=admin, a=b=approver,everyone=viewer')]).toEqual([
      ['a=b', ['admin', 'approver']],
      ['everyone', ['viewer']],
    ])
    expect(readRoleMapping('').size).toBe(0)
  })

  test.each(['admin', '=admin', 'x=boss', 'x='])('refuses %j', (text) => {
    expect(() => readRoleMapping(text)).toThrow('must be VALUE=ROLE')
  })
})

describe('what claims say', () => {
  const mapping = names('platform=admin,sre=approver,auditors=analyst')

  test('roles come from groups and from roles, and groups are those that a permission can name', () => {
    const claims = { groups: ['sre', 'sre', 'Domain Users', '', 7, 'finance'], roles: 'auditors' }
    expect(claimedBy(claims, mapping)).toMatchObject({
      groups: ['sre', 'finance'],
      roles: ['approver', 'analyst'],
    })
  })

  test.each([undefined, null, 7, {}, [[]]])('of groups that are %j there are none', (groups) => {
    expect(claimedBy({ groups }, mapping)).toMatchObject({ groups: [], roles: [] })
  })

  test('an address counts only where it is verified', () => {
    const email = 'dana@example.com'
    expect(claimedBy({ email }, mapping)).toMatchObject({ email: null, names: [] })
    expect(claimedBy({ email, email_verified: 'true' }, mapping)).toMatchObject({ email: null })
    expect(claimedBy({ email, email_verified: true }, mapping)).toMatchObject({ email, names: ['dana'] })
  })

  test('a name is one that people can type', () => {
    expect(
      claimedBy({ preferred_username: 'Dana.Scully@fbi', name: 'Dana K. Scully' }, mapping).names,
    ).toEqual(['dana.scully', 'dana-k.-scully'])
  })
})

test('a free name is the first that nobody has, or gets a number', () => {
  expect(freeName(['dana', 'scully'], new Set(['dana']))).toBe('scully')
  expect(freeName(['dana'], new Set(['dana', 'dana-2']))).toBe('dana-3')
  expect(freeName([], new Set())).toBe('person')
})
