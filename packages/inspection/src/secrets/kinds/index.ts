import type { SecretKind } from '../secret-kind.ts'
import { AI } from './ai.ts'
import { CLOUD } from './cloud.ts'
import { CODE } from './code.ts'
import { DATA } from './data.ts'
import { KEYS } from './keys.ts'
import { MESSAGING } from './messaging.ts'
import { OPERATIONS } from './operations.ts'
import { PAYMENTS } from './payments.ts'
import { SERVICES } from './services.ts'

/** All kinds of secrets that are known by how their issuer writes them. */
export const SECRET_KINDS: readonly SecretKind[] = [
  ...[...KEYS, ...CLOUD, ...CODE, ...AI, ...MESSAGING],
  ...[...PAYMENTS, ...OPERATIONS, ...DATA, ...SERVICES],
]
