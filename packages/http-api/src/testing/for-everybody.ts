import { EVERYBODY, ROUTE_ROLES, type RouteRoles } from '../roles/route-roles.ts'

/** The table of roles with routes of a test, such as `GET /v1/me`, that whoever has a token reaches. */
export function forEverybody(...routes: readonly string[]): RouteRoles {
  return { ...ROUTE_ROLES, ...Object.fromEntries(routes.map((route) => [route, EVERYBODY])) }
}
