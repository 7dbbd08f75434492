import { configurationPage } from './configuration.ts'
import { errorsPage, readErrors } from './errors.ts'
import { eventsPage } from './events.ts'

/** The generated pages of docs/reference, by path from the project's root. */
export function referencePages(): Record<string, string> {
  return {
    'docs/reference/errors.md': errorsPage(readErrors()),
    'docs/reference/events.md': eventsPage(),
    'docs/reference/configuration.md': configurationPage(),
  }
}
