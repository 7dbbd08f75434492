import { execFileSync } from 'node:child_process'
import { globSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
export const PROTOS = join(ROOT, 'proto')
export const GENERATED = join(ROOT, 'packages/rpc/src/gen')

/** The .proto files, by their paths in proto/. */
export function protoFiles(): string[] {
  return globSync('sallyport/**/*.proto', { cwd: PROTOS }).sort()
}

/** The generator of the version that reads the protos at run time. */
const GENERATOR = createRequire(join(ROOT, 'packages/rpc/package.json')).resolve(
  '@grpc/proto-loader/build/bin/proto-loader-gen-types.js',
)

/** Writes the types of all messages, for the options that packages/rpc/src/definitions.ts loads the protos with. */
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
    { cwd: PROTOS, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  // The types of loaded packages, which nothing uses: services are told by their definitions.
  for (const file of globSync('*.ts', { cwd: folder })) rmSync(join(folder, file))
}
