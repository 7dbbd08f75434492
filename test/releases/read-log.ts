import { controlHealth, startControlView } from '@sallyport/control'
import { createPublisher, sqliteEventLog } from '@sallyport/event-log'
import { silentLogger } from '@sallyport/runtime'
import { startApprovalsFold } from '../../services/approvals/src/approvals-fold.ts'
import { systemScheduler } from '../../services/approvals/src/scheduler.ts'

/**
 * The reading of a log by the release that this file is in. `node test/releases/read-log.ts FILE` prints it as JSON. It
 * is packed with the release, so it may change with it; its output may not.
 */
const [path = ''] = process.argv.slice(2)
const log = await sqliteEventLog({ path })
const control = startControlView({ log })
const publisher = createPublisher({ log, producer: 'reader' })
const approvals = startApprovalsFold({
  log,
  publisher,
  scheduler: systemScheduler,
  logger: silentLogger,
  onChange() {},
})
await Promise.allSettled([control.caughtUp, approvals.caughtUp])

const health = approvals.health()
process.stdout.write(
  JSON.stringify(
    {
      control: {
        offset: control.offset(),
        fault: control.fault() ?? null,
        health: controlHealth(control)(),
        state: control.state(),
      },
      approvals: {
        fault: health.status === 'down' ? (health.reason ?? 'down') : null,
        health,
        all: [...approvals.all()],
      },
    },
    (_, value: unknown) => (value instanceof Map ? Object.fromEntries(value) : value),
  ),
)
await Promise.all([control.stop(), approvals.stop()])
await log.close()
