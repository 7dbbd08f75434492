import { acceptShape } from '../src/protos/baseline.ts'
import { GENERATED, generateTypes } from '../src/protos/generate-types.ts'

/**
 * `npm run protos`, after a change of proto/: writes the types of all messages, and takes what was added into the
 * baseline. A change that breaks what is deployed is refused unless `--breaking` says that it is meant.
 */
generateTypes(GENERATED)
const breaks = acceptShape(process.argv.includes('--breaking'))
for (const what of breaks) process.stderr.write(`${what}\n`)
if (breaks.length > 0) process.exitCode = 1
