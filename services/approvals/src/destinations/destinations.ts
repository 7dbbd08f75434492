import { randomBytes } from 'node:crypto'
import { deadLetterLog, type Feed } from '@sallyport/delivery'
import type { Publisher } from '@sallyport/event-log'
import { DEFAULT_TENANT } from '@sallyport/events'
import type { ApiPlugin } from '@sallyport/http-api'
import { approvalAddress, deriveKey, type HealthCheck, InvalidConfig, type Service } from '@sallyport/runtime'
import { sentenceFor } from '../domain/approval-context.ts'
import type { Scheduler } from '../scheduler.ts'
import type { SessionsSoFar } from '../sessions-so-far.ts'
import type { ShownCalls } from '../shown-calls.ts'
import { type ApprovalRoute, placesOf } from './approval-routes.ts'
import type { DestinationParts } from './destination-parts.ts'
import type { DestinationsConfig } from './destinations-config.ts'
import { createEmail } from './email/email.ts'
import { ApprovalLinks } from './links/approval-links.ts'
import { linkRoutes } from './links/link-routes.ts'
import type { RunningDestination } from './running-destination.ts'
import { createSlack } from './slack/slack.ts'
import { createTeams } from './teams/teams.ts'

export interface DestinationsOptions
  extends Omit<DestinationParts, 'placesOf' | 'deadLetters' | 'sentenceOf' | 'pageOf'> {
  readonly config: DestinationsConfig
  readonly feed: Feed
  readonly publisher: Publisher
  readonly shown: ShownCalls
  readonly soFar: Pick<SessionsSoFar, 'of'>
  /** The secret of the installation. Without it there are no links that sign in. */
  readonly secret?: Uint8Array
  readonly scheduler: Scheduler
  /** The address of the page where no variable names one, with {id}. */
  readonly approvalPage?: () => string | null
}

export interface Destinations extends Service {
  /** Where people answer from there. */
  readonly routes: ApiPlugin
  readonly health: Readonly<Record<string, HealthCheck>>
}

/** All places where people are told of approvals and answer them, as far as they are configured. */
export function createDestinations(options: DestinationsOptions): Destinations {
  const { config, publisher, control, clock, secret, approvalPage = () => null } = options
  const { routes, approvalUrl } = config.destinations
  const parts: DestinationParts = {
    ...options,
    placesOf: (destination, approval) => placesOf(routes, destination, approval),
    deadLetters: deadLetterLog({ publisher, tenant: DEFAULT_TENANT, source: '/approvals', clock }),
    sentenceOf: (approval) => sentenceFor(approval, control.state()),
    pageOf: (approvalId) => approvalAddress(approvalUrl ?? approvalPage(), approvalId),
  }
  const links = new ApprovalLinks(deriveKey(secret ?? randomBytes(32), 'approval_links'))
  const running = [
    createSlack(config.slack, parts),
    createTeams(config.teams, parts),
    createEmail(config.email, { ...parts, links, scheduler: options.scheduler }),
  ].filter((one) => one !== undefined)
  checkRoutes(routes, new Set(running.map(({ name }) => name)))
  return {
    routes: async (server) => {
      for (const { routes } of running) if (routes) await server.register(routes)
      if (config.email.smtp !== null) await server.register(linkRoutes({ ...options, links }))
    },
    health: Object.fromEntries(running.map(({ name, health }: RunningDestination) => [name, health])),
    async start() {
      for (const one of running) await one.start()
    },
    async stop() {
      await Promise.all(running.map((one) => one.stop()))
    },
  }
}

/** A place of a destination that does not run would be told nothing, and nobody would know. */
function checkRoutes(routes: readonly ApprovalRoute[], running: ReadonlySet<string>): void {
  const named = new Set(routes.flatMap(({ to }) => to.map(({ destination }) => destination)))
  const faults = [...named]
    .filter((name) => !running.has(name))
    .map((name) => `SALLYPORT_APPROVAL_ROUTES names a place of ${name}, which is not set up`)
  if (faults.length > 0) throw new InvalidConfig(faults)
}
