import { execFileSync } from 'node:child_process'
import { globSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { PROTO_FOLDER, protoFiles } from './proto-files.ts'

export const GENERATED = join(import.meta.dirname, '../gen')

/** The generator of the version that reads the protos at run time. */
const GENERATOR = createRequire(import.meta.url).resolve(
  '@grpc/proto-loader/build/bin/proto-loader-gen-types.js',
)

/** Writes the types of all messages, for the options that definitions.ts loads the protos with. */
export function generateTypes(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  execFileSync(
    process.execPath,
    [
      GENERATOR,
      '--longs=Number',
      '--defaults',
      '--grpcLib=@grpc/grpc-js',
      '--targetFileExtension=.ts',
      '--importFileExtension=.ts',
      '--includeDirs=.',
      `--outDir=${folder}`,
      ...protoFiles(),
    ],
    { cwd: PROTO_FOLDER, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  // The types of loaded packages, which nothing uses: services are told by their definitions.
  for (const file of globSync('*.ts', { cwd: folder })) rmSync(join(folder, file))
}
