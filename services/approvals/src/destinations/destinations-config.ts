import { approvalUrlVariable, type ConfigOf, type ConfigSpec } from '@sallyport/runtime'
import { approvalRoutesVariable } from './approval-routes.ts'
import { emailSpec } from './email/email-config.ts'
import { slackSpec } from './slack/slack-config.ts'
import { teamsSpec } from './teams/teams-config.ts'

/** Where people are told of approvals. */
export const destinationsSpec = {
  destinations: { routes: approvalRoutesVariable, approvalUrl: approvalUrlVariable },
  ...slackSpec,
  ...emailSpec,
  ...teamsSpec,
} as const satisfies ConfigSpec

export type DestinationsConfig = ConfigOf<typeof destinationsSpec>
