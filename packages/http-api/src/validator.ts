import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Value } from 'typebox/value'

/**
 * Checks requests by their TypeBox schema. Texts of the address are converted to the numbers and booleans their
 * schema asks for; a body is taken as it is. Defaults are filled in in both.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema)
  return (given: unknown) => {
    const completed = Value.Default(schema, Value.Clone(given))
    const value = httpPart === 'body' ? completed : Value.Convert(schema, completed)
    if (validator.Check(value)) return { value }
    return { error: [...validator.Errors(value)] as unknown as Error }
  }
}
