import { UsageError } from '../errors.ts'

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The id as it was given. Throws UsageError where no id looks so, such as one that was cut; `where` shows whole ones. */
export function idArgument(text: string, where: string): string {
  if (ID.test(text)) return text
  throw new UsageError(
    `${JSON.stringify(text)} is not an id, which is 36 characters long; ${where} shows them`,
  )
}
