import type { TObject } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import type { Definition } from './catalog.ts'
import { MalformedEvent } from './errors.ts'
import { tolerant } from './tolerant.ts'

/** Throws `MalformedEvent`, which names the place and never repeats the data, where they are not what is defined. */
export type Check = (type: string, definition: Definition, data: unknown) => void

type Compiled = Validator<Record<string, never>, TObject>

/** For an event that is written: closed, so that nothing gets into the log that its schema does not describe. */
export const checkWritten: Check = checking((schema) => schema)

/** For an event that is read: members that this release does not know are allowed. */
export const checkRead: Check = checking(tolerant)

function checking(asApplied: (schema: TObject) => TObject): Check {
  const validators = new Map<TObject, Compiled>()
  return (type, { schema }, data) => {
    const validator = validators.get(schema) ?? Compile(asApplied(schema))
    validators.set(schema, validator)
    if (validator.Check(data)) return
    const [first] = validator.Errors(data)
    throw new MalformedEvent(
      `data of ${type}${first ? ` at ${first.instancePath || '/'}: ${first.message}` : ''}`,
    )
  }
}
