import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { MirroredFields } from '../../connectors/mcp/stateless/mirrored-headers.ts'

type Headed = Pick<FastifyRequest, 'headers'>

export function mirroredFieldsOf({ headers }: Headed): MirroredFields {
  return {
    version: fieldOf(headers, 'mcp-protocol-version') ?? null,
    method: fieldOf(headers, 'mcp-method'),
    name: fieldOf(headers, 'mcp-name'),
    of: (field) => fieldOf(headers, field.toLowerCase()),
  }
}

/** The revision that a header names. */
export function versionHeaderOf({ headers }: Headed): string | null {
  return fieldOf(headers, 'mcp-protocol-version') ?? null
}

/** A field that comes twice is joined, so that it agrees with no body. */
function fieldOf(headers: IncomingHttpHeaders, field: string): string | undefined {
  const value = headers[field]
  return Array.isArray(value) ? value.join(', ') : value
}
