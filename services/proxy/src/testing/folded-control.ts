import { type SubmitControl, startControlView, submitControl } from '@sallyport/control'
import { createPublisher, type EventLog } from '@sallyport/event-log'
import type { DataOf } from '@sallyport/events'
import { newToken, tokenHash } from '@sallyport/runtime'
import { tokenIdOf } from './fixed-control.ts'
import { GATEWAY } from './proxy-fixture.ts'

const BY = { actor: { type: 'person', name: 'dana' }, idempotencyKey: null } as const

type Accepted = DataOf<'sallyport.catalog.accepted.v1'>['entities']
type ModeSet = DataOf<'sallyport.catalog.mode_set.v1'>
type Modes = Pick<ModeSet, 'key' | 'status' | 'mode'> & Partial<Pick<ModeSet, 'kind'>>

/** Control state folded from the log, as it is in earnest. */
export async function startFoldedControl(log: EventLog) {
  const view = startControlView({ log })
  await view.caughtUp
  const submit: SubmitControl = submitControl({
    publisher: createPublisher({ log, producer: 'decision/test' }),
    view,
    clock: () => new Date(),
    tenant: 'default',
    source: '/decision',
  })
  return {
    view,
    submit,
    /** The gateway's token. */
    async addGateway(name = GATEWAY): Promise<string> {
      const token = newToken('sp_gw_')
      await submit('sallyport.gateway.added.v1', name, {
        ...BY,
        id: `id-of-${name}`,
        name,
        tokenHash: tokenHash(token),
      })
      return token
    },
    /** The token with which a person answers. */
    issueToken: (name: string) =>
      submit('sallyport.token.issued.v2', name, {
        ...BY,
        id: tokenIdOf(name),
        name,
        scope: 'approver',
        tokenHash: tokenHash(name),
        holder: null,
      }),
    addUpstream: (name: string, url: string) =>
      submit('sallyport.upstream.added.v1', name, {
        ...BY,
        name,
        connector: 'mcp',
        target: { kind: 'http', url },
        credential: null,
      }),
    removeUpstream: (name: string) => submit('sallyport.upstream.removed.v1', name, { ...BY, name }),
    accept: (upstream: string, entities: Accepted) =>
      submit('sallyport.catalog.accepted.v1', upstream, { ...BY, upstream, entities }),
    setMode: (upstream: string, modes: Modes) =>
      submit('sallyport.catalog.mode_set.v1', upstream, { ...BY, upstream, kind: 'tool', ...modes }),
    stop: () => view.stop(),
  }
}

export type FoldedControl = Awaited<ReturnType<typeof startFoldedControl>>
