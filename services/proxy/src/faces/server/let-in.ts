import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Face } from '../../connectors/mcp/authorization/resource.ts'
import type { LargeMessages } from '../../governing/limits/large-messages.ts'
import type { Memory, MemoryShare } from '../../governing/limits/memory.ts'
import { type Admission, type Admitting, admit } from './admit.ts'
import type { CallersAtOnce } from './callers-at-once.ts'

declare module 'fastify' {
  interface FastifyRequest {
    admission: Admission | null
    /** The memory of the request and its answer until the answer is read. */
    memory: MemoryShare | null
  }
}

export interface LettingIn {
  readonly admitting: Admitting
  readonly memory: Memory
  /** One agent must not take the memory and the sockets of all. */
  readonly callers: CallersAtOnce
  readonly large: LargeMessages
}

type Done = (error?: Error) => void

/** Once for the server, before any face uses `letIn`. */
export function decorateAdmitted(server: FastifyInstance): void {
  server.decorateRequest('admission', null)
  server.decorateRequest('memory', null)
}

/** The hook before a body is read: a caller who is not known cannot make us read one. */
export function letIn({ admitting, memory, callers }: LettingIn, face: Face) {
  return (request: FastifyRequest, reply: FastifyReply, done: Done): void => {
    const admission = admit(request, reply, admitting, face)
    if (admission instanceof Promise) admission.then(enter).catch(done)
    else enter(admission)

    function enter(admitted: Admission | undefined): void {
      // The caller may have hung up while a token was verified. Then the call is not counted.
      if (admitted === undefined || reply.raw.destroyed) return
      request.admission = admitted
      request.memory = memory.share(admitted.gateway.id)
      reply.raw.once('close', () => request.memory?.release())
      done(callers.admit(request.method === 'GET' ? 'stream' : 'call', admitted.gateway.id, reply.raw))
    }
  }
}

export function admissionOf({ admission }: FastifyRequest): Admission {
  if (admission === null) throw new Error('the request was not admitted')
  return admission
}

export function memoryOf({ memory }: FastifyRequest): MemoryShare {
  if (memory === null) throw new Error('the request was not admitted')
  return memory
}
