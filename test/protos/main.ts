import { GENERATED, generateTypes } from './generate.ts'

/** `npm run protos`: the types of gRPC messages, after a change of proto/. */
generateTypes(GENERATED)
