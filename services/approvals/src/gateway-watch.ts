import { type Approval, isOpen } from '@sallyport/approval'
import type { ControlView } from '@sallyport/control'
import { gatewayEnded } from './domain/gateway-ended.ts'
import type { Scheduler } from './scheduler.ts'

/** How long to wait before the log is asked again after it did not take an end. */
const RETRY_MS = 1000

export interface GatewayWatchOptions {
  readonly control: Pick<ControlView, 'state' | 'onChange'>
  readonly scheduler: Scheduler
  readonly open: () => Iterable<Approval>
  /** All of the gateways that have had this name. */
  readonly ofGateway: (name: string) => Iterable<Approval>
  /** Appends the end. Rejects when the log did not take it. */
  readonly end: (approval: Approval, reason: string) => Promise<unknown>
}

/** Sees to it that the open approvals of a gateway end with it: nobody can use them any more. */
export interface GatewayWatch {
  /** To be called with each approval that was asked for or answered. */
  watch(approval: Approval): void
  stop(): void
}

export function startGatewayWatch({
  control,
  scheduler,
  open,
  ofGateway,
  end,
}: GatewayWatchOptions): GatewayWatch {
  let { gateways } = control.state()
  let cancel: (() => void) | undefined
  let stopped = false

  const watch = (approval: Approval) => {
    const reason = gatewayEnded({ gateways }, approval)
    if (reason !== undefined) end(approval, reason).catch(again)
  }
  const review = () => {
    for (const approval of [...open()]) watch(approval)
  }
  const again = () => {
    if (stopped || cancel !== undefined) return
    cancel = scheduler.after(RETRY_MS, () => {
      cancel = undefined
      review()
    })
  }
  const forget = control.onChange((state) => {
    if (state.gateways === gateways) return
    const before = gateways
    gateways = state.gateways
    for (const [name, gateway] of gateways)
      if (before.get(name) !== gateway)
        for (const approval of [...ofGateway(name)].filter(isOpen)) watch(approval)
  })
  review()

  return {
    watch,
    stop() {
      stopped = true
      forget()
      cancel?.()
    },
  }
}
