import { setTimeout as delay } from 'node:timers/promises'
import { approvalTermsSpec, createApprovalsService } from '@sallyport/approvals'
import {
  auditConfigSpec,
  createAuditService,
  createDeliveries,
  deliveryConfigSpec,
  embeddedClickHouse,
  readingTheFile,
} from '@sallyport/audit'
import { startControlView } from '@sallyport/control'
import { bootstrapAdmin, createDecisionService } from '@sallyport/decision'
import { deliveryMetrics, fileLeases, logFeed, sqliteCheckpoints } from '@sallyport/delivery'
import { createPublisher } from '@sallyport/event-log'
import { DEFAULT_TENANT } from '@sallyport/events'
import { createApiServer, createRegistry, hasConsole } from '@sallyport/http-api'
import { createProxyService, proxySpec } from '@sallyport/proxy'
import { withDeadline } from '@sallyport/rpc'
import {
  createLogger,
  type Environment,
  type ListenAddress,
  newId,
  readConfig,
  type Service,
} from '@sallyport/runtime'
import { memorySignals } from '@sallyport/signals'
import { acceptingDamage } from './accepting-damage.ts'
import { Addresses } from './addresses.ts'
import { readyLines } from './banner.ts'
import type { StandaloneConfig } from './config.ts'
import { openDataFolder, removeRunFile, writeRunFile } from './data-folder.ts'
import { keepInKeychain } from './keychain.ts'
import { listenOrExplain } from './listen.ts'
import { openLocalAdmin, settleLocalAdmin } from './local-admin.ts'
import { openLog } from './open-log.ts'
import { onFolderWanted } from './takeover.ts'

export interface StandaloneOptions {
  readonly config: StandaloneConfig
  readonly environment: Environment
  /** Prints a line for the person who started it. */
  readonly say: (line: string) => void
  /** Why damage of the log that the start meets is accepted; left out where it is not. */
  readonly acceptLogDamage?: string | undefined
  /** Where it is inside another program: called when a person starts one on the same folder, which needs this to end. */
  readonly giveWay?: () => void
}

/** How long a start waits for ClickHouse. Governed calls do not need it. */
const CLICKHOUSE_PATIENCE_MS = 3000

/** All four services on a SQLite log, in-process wake-ups and an embedded ClickHouse. Wiring only. */
export function createStandalone({
  config,
  environment,
  say,
  giveWay,
  acceptLogDamage: reason,
}: StandaloneOptions): Service {
  const stops: (() => Promise<unknown> | unknown)[] = []
  const started = <T extends { stop(): unknown }>(part: T): T => {
    stops.push(() => part.stop())
    return part
  }

  return {
    async start() {
      const clock = () => new Date()
      const logger = createLogger('sallyport', config.logging.level)
      const hosted = giveWay !== undefined
      const folder = openDataFolder(config.storage.folder)
      const log = await openLog(folder, hosted)
      stops.push(() => log.close())
      const publisher = createPublisher({ log, producer: `standalone/${newId()}` })
      stops.push(() => publisher.close())
      const { mode } = config.perimeter
      const damage = started(await acceptingDamage({ log, publisher, reason, mode, say }))
      const admin = openLocalAdmin(folder, { local: config.local.token, hosted, mode })
      const addresses = new Addresses({ folder: folder.path, asked: config.listen, hosted })
      const listen = await addresses.choose()
      // It takes longest to begin, and the folder is this process's alone from here on.
      const clickhouse = started(embeddedClickHouse({ path: folder.clickhouse, logger }))
      clickhouse.start()
      const signals = memorySignals()
      stops.push(() => signals.close())

      const control = started(startControlView({ log, logger, damage }))
      await control.caughtUp
      const issued =
        // Inside another program nobody would see a token that is in no file.
        !(hosted && admin.local === 'required') &&
        (await bootstrapAdmin({ control, publisher, tenant: DEFAULT_TENANT, clock, ...admin }))

      const proxyConfig = readConfig(proxySpec, {
        SALLYPORT_PROXY_STDIO: 'on',
        SALLYPORT_PROXY_LATE_FILE: folder.late,
        ...environment,
        SALLYPORT_PROXY_LISTEN: addressText(listen.proxy),
      })
      const proxyUrl = `http://${addressText(listen.proxy)}`
      const decision = createDecisionService({
        control,
        publisher,
        tenant: DEFAULT_TENANT,
        clock,
        secret: folder.secret,
        perimeter: config.perimeter,
        proxyUrl: proxyConfig.authorization.url ?? proxyUrl,
        signIn: config.signIn,
      })
      let page: string | null = null
      const checkpoints = sqliteCheckpoints(folder.deliveries)
      stops.push(() => checkpoints.close())
      const feed = logFeed({ log, leases: fileLeases(folder.leases), checkpoints, logger })
      const approvals = started(
        createApprovalsService(readConfig(approvalTermsSpec, environment).approvals, {
          log,
          publisher,
          signals,
          control,
          secret: folder.secret,
          destinations: { config, feed, approvalPage: () => page },
          clock,
          logger,
          damage,
        }),
      )
      await approvals.start()
      const audit = started(
        createAuditService({
          config: readConfig(auditConfigSpec, environment),
          log,
          control,
          clickhouse,
          path: readingTheFile({ log, client: clickhouse.client, logger }, folder.log),
          damage,
          clock,
          logger,
        }),
      )
      await audit.start()
      const registry = createRegistry()
      const deliveries = started(
        createDeliveries({
          config: readConfig(deliveryConfigSpec, environment),
          log,
          feed,
          publisher,
          control,
          secret: folder.secret,
          environment,
          perimeter: config.perimeter,
          clock,
          logger,
          metrics: deliveryMetrics(registry),
          damage,
        }),
      )
      await deliveries.start()
      // All of it is looked at before what the operator accepts ends.
      if (reason !== undefined) await audit.record.caughtUp()
      damage.closeAcceptor()
      const searchable = clickhouse.ready()

      const proxy = createProxyService({
        config: proxyConfig,
        publisher,
        signals,
        control,
        decision: withDeadline(decision.point, proxyConfig.decision.deadlineMs),
        approvals: approvals.point,
        secret: folder.secret,
        environment,
        perimeter: config.perimeter,
        clock,
        logger,
        approvalPage: () => page,
      })
      const api = await createApiServer({
        title: 'Sallyport',
        version: '1',
        control,
        plugins: [decision.routes, proxy.routes, approvals.routes, audit.routes, deliveries.routes],
        health: {
          ...proxy.health,
          ...decision.health,
          ...approvals.health,
          ...audit.health,
          ...deliveries.health,
        },
        registry,
        clock,
        logger,
        allowedHosts: 'loopback',
      })
      stops.push(() => api.close())
      const apiUrl = await listenOrExplain(listen.api, 'SALLYPORT_API_LISTEN', (address) =>
        api.listen(address),
      )
      page = `${apiUrl}/approve/{id}`
      await listenOrExplain(listen.proxy, 'SALLYPORT_PROXY_LISTEN', () => proxy.start())
      // Stopped before the API and the rest: held calls are answered while what answers them still works.
      started(proxy)
      await Promise.race([searchable, delay(CLICKHOUSE_PATIENCE_MS, undefined, { ref: false })])
      addresses.keep(listen)
      const inKeychain =
        issued && admin.local === 'required' && (await keepInKeychain(folder.path, admin.token))
      writeRunFile(folder, { proxy: proxyUrl, api: apiUrl, hosted, localToken: admin.local })
      stops.push(() => removeRunFile(folder))
      const replayed = control.replayed() + approvals.replayed()
      const ready = {
        folder,
        admin,
        proxyUrl,
        apiUrl,
        hasConsole: hasConsole(),
        replayed,
        issued,
        inKeychain,
      }
      for (const line of readyLines(ready)) say(line)
      settleLocalAdmin(folder, admin, hosted)
      if (giveWay !== undefined) stops.push(onFolderWanted(folder.path, giveWay))
    },
    async stop() {
      for (const stop of stops.splice(0).reverse()) await stop()
    },
  }
}

function addressText({ host, port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
