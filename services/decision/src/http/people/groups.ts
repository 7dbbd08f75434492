import type { Person } from '@sallyport/control'
import { type ApiPlugin, ListOf, PageQuery, pageOf } from '@sallyport/http-api'
import type { Commands } from '../commands.ts'
import { GroupView } from './schemas.ts'

/** Groups are there as soon as a person is in one. */
export function groupRoutes({ state }: Commands): ApiPlugin {
  return async (server) => {
    server.get(
      '/v1/groups',
      {
        schema: {
          summary: 'The groups with their members',
          tags: ['people'],
          querystring: PageQuery,
          response: { 200: ListOf(GroupView) },
        },
      },
      async ({ query }) => {
        const page = pageOf(membersByGroup(state().persons.values()), ([name]) => name, query)
        return { items: page.items.map(([name, members]) => ({ name, members })), next: page.next }
      },
    )
  }
}

function membersByGroup(persons: Iterable<Person>): ReadonlyMap<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const person of persons)
    for (const group of person.groups) groups.set(group, [...(groups.get(group) ?? []), person.name].sort())
  return groups
}
