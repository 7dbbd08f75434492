import type { FastifyRequest } from 'fastify'
import type { MirroredFields } from '../domain/mirrored-headers.ts'

/** A field that comes twice is joined, so that it agrees with no body. */
export function mirroredFieldsOf({ headers }: Pick<FastifyRequest, 'headers'>): MirroredFields {
  const of = (field: string) => {
    const value = headers[field.toLowerCase()]
    return Array.isArray(value) ? value.join(', ') : value
  }
  return {
    version: of('mcp-protocol-version') ?? null,
    method: of('mcp-method'),
    name: of('mcp-name'),
    of,
  }
}
