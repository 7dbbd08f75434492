import type { ProtocolRefusal } from '../../../domain/protocol-refusal.ts'
import { TASKS_EXTENSION } from './client-abilities.ts'
import { MCP_CODES } from './protocol-refusal.ts'

/**
 * A client that did not declare the tasks extension cannot ask about a task (SEP-2663). The answer is the same whether
 * the task exists or not.
 */
export const TASKS_NOT_DECLARED = {
  status: 400,
  code: MCP_CODES.missingCapability,
  message: 'the tasks extension was not declared',
  data: { requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } } },
} as const satisfies ProtocolRefusal
