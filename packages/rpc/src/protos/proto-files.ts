import { globSync } from 'node:fs'
import { join } from 'node:path'

export const PROTO_FOLDER = join(import.meta.dirname, '../../../../proto')

/** The .proto files of our services, by their paths in `folder`. */
export function protoFiles(folder = PROTO_FOLDER): string[] {
  return globSync('sallyport/**/*.proto', { cwd: folder }).sort()
}
