import { type ControlView, type Upstream, UpstreamNotRegistered } from '@sallyport/control'
import type { ApiPlugin } from '@sallyport/http-api'
import { type Logger, messageOf, SallyportError } from '@sallyport/runtime'
import { Type } from 'typebox'
import { NOTHING_SEEN, type Probe } from '../../domain/probe.ts'
import { OutcomeUnknown, UpstreamExited } from '../../domain/upstream-faults.ts'

export interface Probing {
  readonly control: Pick<ControlView, 'state'>
  /** By connector; rejects with what the probe ran into. */
  readonly probes: Readonly<Record<string, (upstream: Upstream) => Promise<Probe>>>
  readonly logger: Logger
}

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()])
const Kind = Type.Union([
  Type.Literal('tool'),
  Type.Literal('prompt'),
  Type.Literal('resource'),
  Type.Literal('template'),
])

const ProbeView = Type.Object({
  upstream: Type.String(),
  answers: Type.Boolean({ description: 'whether it answered in its protocol' }),
  summary: Type.String(),
  code: nullable(Type.String({ description: 'the code of what stood in the way' })),
  server: nullable(Type.Object({ name: Type.String(), version: Type.String() })),
  protocolVersion: nullable(Type.String()),
  offers: Type.Array(Type.Object({ kind: Kind, count: Type.Integer() })),
  standardError: Type.Array(Type.String(), {
    description: 'the last lines of the standard error of a command that ended, without secrets',
  }),
  status: nullable(Type.Integer({ description: 'of an API over HTTP' })),
})

/** Asks a registered upstream once what it is. It is the proxy that asks, from its place and with the credential. */
export function probeRoutes({ control, probes, logger }: Probing): ApiPlugin {
  return async (server) => {
    server.post(
      '/v1/probes/:name',
      {
        schema: {
          summary:
            'Asks an upstream once what it is and what it offers; the catalog takes note of what it lists',
          tags: ['upstreams'],
          params: Type.Object({ name: Type.String({ minLength: 1, maxLength: 256 }) }),
          response: { 200: ProbeView },
        },
      },
      async ({ params: { name } }) => {
        const { upstreams } = control.state()
        const upstream = upstreams.get(name)
        if (upstream === undefined) throw new UpstreamNotRegistered(name, upstreams.keys())
        const probe = await probeOf(upstream)
        return {
          upstream: name,
          ...probe,
          offers: [...probe.offers],
          standardError: [...probe.standardError],
        }
      },
    )
  }

  async function probeOf(upstream: Upstream): Promise<Probe> {
    if (upstream.target.kind === 'attached')
      return { ...NOTHING_SEEN, answers: false, summary: 'runs beside its agent, which alone can ask it' }
    if (upstream.credential?.kind === 'passthrough')
      return { ...NOTHING_SEEN, answers: false, summary: 'is asked with the credential of its agents alone' }
    const ask = probes[upstream.connector]
    if (ask === undefined) return { ...NOTHING_SEEN, answers: false, summary: 'cannot be asked by itself' }
    try {
      return await ask(upstream)
    } catch (fault) {
      if (!(fault instanceof SallyportError)) throw fault
      logger.info({ upstream: upstream.name, code: fault.code }, 'an upstream did not answer a probe')
      return {
        ...NOTHING_SEEN,
        answers: false,
        summary: `does not answer: ${reasonOf(fault)}`,
        code: fault.code,
        standardError: fault instanceof UpstreamExited ? fault.lastWords() : [],
      }
    }
  }
}

/** With the system's own word for it, such as ECONNREFUSED. Nothing that a probe asks has an outcome to speak of. */
function reasonOf(fault: SallyportError): string {
  const cause = fault.cause === undefined ? '' : messageOf(fault.cause)
  const what = fault instanceof OutcomeUnknown ? fault.what : fault.message
  return cause === '' ? what : `${what} (${cause})`
}
