import type { PermissionRecord, Person } from '@sallyport/control'
import { ANSWERERS, type ApiPlugin, ListOf, PageQuery, pageOf, reaches } from '@sallyport/http-api'
import type { Commands } from '../commands.ts'
import { GroupView } from './schemas.ts'

/** Groups are there as soon as a person is in one, or a permission names one. */
export function groupRoutes({ state }: Commands): ApiPlugin {
  return async (server) => {
    server.get(
      '/v1/groups',
      {
        schema: {
          summary: 'The groups with their members, and those that permissions name and nobody is in',
          tags: ['people'],
          querystring: PageQuery,
          response: { 200: ListOf(GroupView) },
        },
      },
      async ({ query }) => {
        const { persons, permissions } = state()
        const groups = groupsOf([...persons.values()], [...permissions.values()])
        return pageOf(groups, ({ name }) => name, query)
      },
    )
  }
}

function groupsOf(persons: readonly Person[], permissions: readonly PermissionRecord[]) {
  const named = permissions.map(groupsIn)
  const names = new Set([...persons.flatMap(({ groups }) => groups), ...named.flat()])
  return [...names].map((name) => {
    const members = persons.filter(({ groups }) => groups.includes(name))
    return {
      name,
      members: namesOf(members),
      answerers: namesOf(members.filter(({ roles }) => reaches(roles, ANSWERERS))),
      permissions: named.filter((groups) => groups.includes(name)).length,
    }
  })
}

/** Those whose votes the permission asks for, at once or once it has escalated. */
function groupsIn({ approval }: PermissionRecord): readonly string[] {
  if (approval === undefined) return []
  const selectors = [...approval.stages.flatMap(({ of }) => of), ...approval.fallback]
  return selectors.flatMap((selector) => (selector.kind === 'group' ? [selector.name] : []))
}

function namesOf(persons: readonly Person[]): string[] {
  return persons.map(({ name }) => name).sort()
}
