import { configurationPage } from './configuration.ts'
import { errorsPage, readErrors } from './errors.ts'
import { eventsPage } from './events.ts'
import { openApiDocument } from './openapi.ts'
import { rolesPage } from './roles.ts'

/** The generated references, by path from the project's root. */
export async function referencePages(): Promise<Record<string, string>> {
  return {
    'docs/reference/errors.md': errorsPage(readErrors()),
    'docs/reference/events.md': eventsPage(),
    'docs/reference/configuration.md': configurationPage(),
    'docs/reference/roles.md': rolesPage(),
    'proto/openapi.json': await openApiDocument(),
  }
}
