import { deadLetterLog, type Feed } from '@sallyport/delivery'
import type { Publisher } from '@sallyport/event-log'
import { DEFAULT_TENANT } from '@sallyport/events'
import type { ApiPlugin } from '@sallyport/http-api'
import { approvalAddress, type HealthCheck, type Service } from '@sallyport/runtime'
import { sentenceFor } from '../domain/approval-context.ts'
import { placesOf } from './approval-routes.ts'
import type { DestinationParts } from './destination-parts.ts'
import type { DestinationsConfig } from './destinations-config.ts'
import type { RunningDestination } from './running-destination.ts'
import { createSlack } from './slack/slack.ts'

export interface DestinationsOptions
  extends Omit<DestinationParts, 'placesOf' | 'deadLetters' | 'sentenceOf' | 'pageOf'> {
  readonly config: DestinationsConfig
  readonly feed: Feed
  readonly publisher: Publisher
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
  const { config, publisher, control, clock, approvalPage = () => null } = options
  const { routes, approvalUrl } = config.destinations
  const parts: DestinationParts = {
    ...options,
    placesOf: (destination, approval) => placesOf(routes, destination, approval),
    deadLetters: deadLetterLog({ publisher, tenant: DEFAULT_TENANT, source: '/approvals', clock }),
    sentenceOf: (approval) => sentenceFor(approval, control.state()),
    pageOf: (approvalId) => approvalAddress(approvalUrl ?? approvalPage(), approvalId),
  }
  const running = [createSlack(config.slack, parts)].filter((one) => one !== undefined)
  return {
    routes: async (server) => {
      for (const { routes } of running) if (routes) await server.register(routes)
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
