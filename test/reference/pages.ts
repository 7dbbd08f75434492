import { approvalsPage } from './approvals.ts'
import { configurationPage } from './configuration.ts'
import { denialSchema, denialsPage } from './denials.ts'
import { errorsPage, readErrors } from './errors.ts'
import { eventsPage } from './events.ts'
import { openApiDocument } from './openapi.ts'
import { rolesPage } from './roles.ts'
import { secretsPage } from './secrets.ts'

/** The generated references, by path from the project's root. */
export async function referencePages(): Promise<Record<string, string>> {
  return {
    'docs/reference/errors.md': errorsPage(readErrors()),
    'docs/reference/events.md': eventsPage(),
    'docs/reference/configuration.md': configurationPage(),
    'docs/reference/roles.md': rolesPage(),
    'docs/reference/approvals.md': approvalsPage(),
    'docs/reference/denials.md': denialsPage(),
    'docs/reference/secrets.md': secretsPage(),
    'proto/denial.json': denialSchema(),
    'proto/openapi.json': await openApiDocument(),
  }
}
