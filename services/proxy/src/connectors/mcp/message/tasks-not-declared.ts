import type { ProtocolRefusal } from '../../../domain/protocol-refusal.ts'
import { TASKS_EXTENSION } from './client-abilities.ts'
import { MCP_CODES } from './protocol-refusal.ts'

/** Who did not declare the tasks extension cannot ask about a task, whether there is one or not (SEP-2663). */
export const TASKS_NOT_DECLARED = {
  status: 400,
  code: MCP_CODES.missingCapability,
  message: 'the tasks extension was not declared',
  data: { requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } } },
} as const satisfies ProtocolRefusal
